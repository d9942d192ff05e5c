"""What a WLAN's status means, and what to try: a sentence, in memory only while it is said."""

import sys


def sentence(status):
    """The sentence for `status` of `network.WLAN`."""
    from wifi_texts import OTHER, TEXTS

    del sys.modules["wifi_texts"]
    return TEXTS.get(status) or OTHER % status
