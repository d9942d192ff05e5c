"""Programs for the raw prompt that use the Wi-Fi, and what they print."""

JOIN = """
import network, time
w = network.WLAN(network.STA_IF)
w.active(True)
def join(ssid='home', key='secret', reconnects=0):
    w.config(reconnects=reconnects)
    w.connect(ssid, key)
    while w.status() == network.STAT_CONNECTING:
        time.sleep_ms(10)
    return w.status()
"""


def program(board, code):
    """Start `code` at the raw prompt; the number of characters printed before."""
    board.wait_prompt()
    before = len(board.output)
    board.type(b"\x01")
    board.wait_output("raw REPL; CTRL-B to exit\r\n>", since=before)
    board.type(code.encode() + b"\x04")
    return before


def result(board, before, timeout_s=20):
    """What it has printed once it has ended."""
    board.wait_output("\x04>", timeout_s, since=before)
    text = board.output[before:].partition(">OK")[2].replace("\r\n", "\n")
    output, traceback, _ = text.split("\x04")
    assert traceback == ""
    board.type(b"\x02")
    return output
