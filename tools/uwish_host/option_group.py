"""Options that belong together, such as all that a part of the gateway has."""


def option_group(*options):
    """One decorator for these click options; the command is given their values by their names, and
    its help shows them in this order."""

    def decorate(function):
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
