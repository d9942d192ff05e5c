"""Whether the firmware may work, and what it does instead: leave the prompt to who comes by USB.

    safemode.decide()    in boot.py: was there a crash, were there too many
    safemode.why         "" or the sentence that says why main.py is not to work
    safemode.stay(why)   in main.py, instead of working

Leaving it is a reset: the device then tries once more, and is back here after a single crash. It
does so by itself after an hour, because nobody may ever come.
"""

from kept import Kept, open_memory

from uwish.compat import const

CRASHES = const(3)  # in a row; ten minutes of work, or one reading sent before a sleep, end the row
_HOUR_MS = const(3600000)

why = ""


def decide():
    """Count the crash that the last start may have ended with; set `why`. Harmless when repeated:
    mpremote's soft reset runs boot.py too."""
    global why
    kept = Kept(open_memory())
    if kept.running:
        kept.running = False
        _count(kept)
        kept.save()
    why = history(kept) if kept.crashes >= CRASHES else ""


def history(kept=None):
    """A sentence on the crashes in a row; "" when there was none."""
    kept = kept or Kept(open_memory())
    if not kept.crashes:
        return ""
    last = ", at last with: " + kept.line if kept.line else ""
    return "it crashed %d times in a row%s" % (kept.crashes, last)


def stay(sentence):
    """Say why it does not work and how that ends; then the prompt is there. Never blocks."""
    global why
    why = sentence
    kept = Kept(open_memory())
    if kept.crashes >= CRASHES:
        kept.crashes = CRASHES - 1
        kept.save()
    print("uwish: safe mode: %s." % sentence)
    print("uwish: put it right over USB, then reset; in an hour it tries again by itself.")
    let_go()


def let_go():
    """Give whoever has the prompt an hour: a watchdog cannot be stopped, but it can be slowed."""
    try:
        import machine

        machine.WDT(timeout=_HOUR_MS)
    except (ImportError, AttributeError, ValueError, OSError):
        pass  # a board whose watchdog takes no hour; it bites sooner


def _count(kept):
    try:
        import machine

        cause = machine.reset_cause()
        if cause == machine.WDT_RESET:
            # An ESP32 says the same after a brown-out.
            kept.crashed(kept.line or "the watchdog or a brown-out reset it")
        elif cause == machine.SOFT_RESET:
            kept.crashed(kept.line or "it was reset in the middle of its work")
    except (ImportError, AttributeError):
        pass
