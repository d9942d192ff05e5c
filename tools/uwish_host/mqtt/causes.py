"""Why a connection to the broker failed or ended, in words for the person who has to mend it."""

import os
import ssl

import aiomqtt

from .history import HistoryError


def in_words(error):
    """Of an exception, or of the first in a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, aiomqtt.MqttCodeError) and hasattr(error.rc, "getName"):
        return error.rc.getName()
    if isinstance(error, aiomqtt.MqttError):
        # It repeats the text of the system's error, but not the error.
        return _system(error.__cause__ or error.__context__) or str(error) or "no answer"
    if isinstance(error, (HistoryError, OSError)):
        return _system(error) or str(error) or type(error).__name__
    return f"{type(error).__name__}: {error}"


def _system(error):
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted, {error.verify_message}: see --mqtt-ca"
    if isinstance(error, ssl.SSLError):
        if error.reason == "WRONG_VERSION_NUMBER":
            return "no TLS is spoken at this port"
        return f"TLS: {error.reason or error}"
    if isinstance(error, OSError) and error.errno:
        return error.strerror or os.strerror(error.errno)
    return None
