"""The commands of `uwish`, one file each."""
