"""The fleet of a running gateway in a terminal (`uwish watch`), by its control socket."""
