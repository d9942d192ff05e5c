"""The Wi-Fi, and what the board's programs see of it."""

import pytest
from mpremote_command import run
from wifi_program import JOIN

IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
LEFT, BEACON_TIMEOUT, NO_AP_FOUND, WRONG_PASSWORD = 8, 200, 201, 202


def test_it_connects(home):
    text = run(
        home,
        "exec",
        JOIN + "print(w.status(), w.isconnected(), w.ifconfig()[0])\n"
        "print(join(), w.isconnected(), w.ifconfig()[0], w.config('ssid'), w.status('rssi'))\n"
        "print(w.scan()[0][0], len(w.config('mac')))",
    )
    assert text == f"{IDLE} False 0.0.0.0\n{GOT_IP} True 127.0.0.1 home -55\nb'home' 6\n"
    home.wait_event("wifi", status=GOT_IP, ssid="home")


def test_any_name_will_do_when_no_network_is_given(board):
    assert run(board, "exec", JOIN + "print(join('whatever', 'anything'))") == f"{GOT_IP}\n"


@pytest.mark.parametrize(
    ("ssid", "key", "status"),
    [
        ("home", "wrong", WRONG_PASSWORD),
        ("home", None, WRONG_PASSWORD),
        ("elsewhere", "secret", NO_AP_FOUND),
    ],
)
def test_what_is_wrong_shows_when_the_driver_gives_up(home, ssid, key, status):
    assert run(home, "exec", JOIN + f"print(join({ssid!r}, {key!r}))") == f"{status}\n"


def test_a_refusal_can_look_otherwise(home):
    home.control("wifi", refusal=204)
    assert run(home, "exec", JOIN + "print(join('home', 'wrong'))") == "204\n"


def test_the_driver_tries_for_ever_and_says_nothing(home):
    text = run(
        home,
        "exec",
        JOIN + "w.connect('home', 'wrong')\ntime.sleep_ms(500)\nprint(w.status())\n"
        "try:\n    w.connect('home', 'secret')\nexcept OSError as e:\n    print(e)\n"
        "w.disconnect()\nprint(w.status(), join())",
    )
    assert text == f"{CONNECTING}\nWifi Internal State Error\n{LEFT} {GOT_IP}\n"


def test_the_radio_must_be_on(home):
    text = run(
        home,
        "exec",
        "import network\nw = network.WLAN()\n"
        "try:\n    w.connect('home', 'secret')\nexcept OSError as e:\n    print(e)",
    )
    assert text == "Wifi Not Started\n"


def test_a_soft_reset_leaves_the_wifi_connected_and_a_hard_one_does_not(home):
    run(home, "exec", JOIN + "join()")
    ask = "import network; print(network.WLAN().status())"
    assert run(home, "exec", ask) == f"{GOT_IP}\n"
    home.control("reset")
    assert run(home, "exec", ask) == f"{IDLE}\n"


def test_the_driver_finds_the_network_again_by_itself(home):
    run(home, "exec", JOIN + "join(reconnects=-1)")
    home.control("wifi", up=False)
    number = home.wait_event("wifi", status=BEACON_TIMEOUT)
    number = home.wait_event("wifi", status=NO_AP_FOUND, since=number)
    home.control("wifi", up=True)
    home.wait_event("wifi", status=GOT_IP, since=number)


def test_a_changed_password_keeps_it_out(home):
    run(home, "exec", JOIN + "join(reconnects=-1)")
    home.control("network", ssid="home", password="new")
    home.control("drop")
    number = home.wait_event("wifi", status=BEACON_TIMEOUT)
    home.wait_event("wifi", status=WRONG_PASSWORD, since=number)
