"""What is concluded from what a device says by itself after a restart."""

import itertools

import pytest

from uwish_host.board.diagnosis import NOTE
from uwish_host.board.from_outside import listen_for_online
from uwish_host.board.online import hear_online


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([None, "uwish info: online: gateway@00a388/sensor"], (True, "gateway@00a388/sensor")),
        (
            ["uwish: safe mode: flash full.", "uwish: put it right"],
            (False, "safe mode: flash full."),
        ),
        (
            ["uwish warn: gateway: hello: closed; again in 270 s", None],
            (False, "gateway: hello: closed"),
        ),
        (
            ["uwish warn: Wi-Fi home: none; again in 2 s", "uwish info: online: a@b/c"],
            (True, "a@b/c"),
        ),
        (["uwish warn: there is no key foo", "uwish info: started as x"], (None, "")),
    ],
)
def test_what_is_heard_of_a_device(lines, expected):
    assert hear_online(iter(lines), 60) == expected


def test_a_device_that_says_nothing_is_not_waited_for_for_ever():
    assert hear_online(itertools.repeat(None), 0.01) == (None, "")
    assert listen_for_online(itertools.repeat(None), 0.01).state == NOTE
