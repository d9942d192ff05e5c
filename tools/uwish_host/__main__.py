"""`python -m uwish_host` is the same as the command `uwish`."""

from .cli import main

if __name__ == "__main__":
    main()
