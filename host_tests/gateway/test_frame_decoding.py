"""What a frame is taken for, and that no frame does harm."""

import json
import math
import random
from decimal import Decimal

import cbor2
import pytest

from uwish_host.decode import decode
from uwish_host.senml import resolve

NOW = 1700000000.0


def kind_and_value(data):
    decoded = decode(data, NOW)
    return decoded.kind, decoded.value


@pytest.mark.parametrize(
    ("data", "kind", "value"),
    [
        (b"", "bytes", None),
        (b"\xff\xff", "bytes", None),
        (b"hello", "text", "hello"),
        ("grün\n".encode(), "text", "grün\n"),
        (b"7", "text", "7"),
        (b"\x1b[31m", "bytes", None),
        (b"\x00", "cbor", 0),
        (cbor2.dumps({"a": [1, 2.5, None, True]}), "cbor", {"a": [1, 2.5, None, True]}),
        (cbor2.dumps({1: b"\x01"}), "cbor", {"1": "h'01'"}),
        (cbor2.dumps([{"n": "no SenML", "v": 1}]), "cbor", [{"n": "no SenML", "v": 1}]),
        (cbor2.dumps(Decimal("23.15")), "cbor", 23.15),
        (cbor2.dumps(Decimal("2300")), "cbor", 2300),
        (cbor2.dumps(math.inf), "cbor", "inf"),
        (cbor2.dumps(2**64 + 1), "cbor", hex(2**64 + 1)),
        (cbor2.dumps(cbor2.CBORTag(4000, "x")), "cbor", {"tag": 4000, "value": "x"}),
        (cbor2.dumps([]), "cbor", []),
        (cbor2.dumps({"a": 1}) + b"\x00", "bytes", None),
    ],
)
def test_kinds(data, kind, value):
    assert kind_and_value(data) == (kind, value)


@pytest.mark.parametrize(
    "hexadecimal",
    [
        "c4821a3b9aca0001",  # 10 to the power of a billion
        "c5821a3b9aca0001",  # 2 to the power of a billion
        "d81c81d81d00",  # a list that contains itself
        "d90100826161d81900",  # string references
        "d823615b",  # a regular expression
        "9b7fffffffffffffff",  # a list of 2**63 items
        "5b7fffffffffffffff",  # as many bytes
        "81" * 2000 + "00",  # nested deeply
        "a1" * 15 + "00",
        "c11bffffffffffffffff",  # a time after the end of the world
        "c1fb7ff0000000000000",
        "81a202c4821a3b9aca00010061" + "61",
        "81a3006161" + "24fb7fefffffffffffff" + "02fb7fefffffffffffff",  # a sum of two huge floats
        "81a300616102c4821a3b9aca000106c4821a3b9aca0001",
    ],
)
def test_hostile_frames_stay_small(hexadecimal):
    decoded = decode(bytes.fromhex(hexadecimal), NOW)
    assert decoded.kind in ("bytes", "cbor", "text")
    assert len(json.dumps(decoded.value)) < 10000


@pytest.mark.parametrize(
    "hexadecimal",
    [
        "d81c6161",  # shareable
        "d81c8a" + "d81d00" * 10,  # ten times itself: as JSON it would have no end
        "d90100826161d81900",  # string references
        "d8236161",  # a regular expression
        "d8246161",  # mail
    ],
)
def test_tags_that_unfold_to_more_are_refused(hexadecimal):
    assert kind_and_value(bytes.fromhex(hexadecimal)) == ("bytes", None)


def test_no_frame_raises_and_every_value_is_json():
    draw = random.Random(8949)
    seeds = [
        cbor2.dumps(
            [{-2: "a:", -3: 1.7e9, 0: "b", 1: "Cel", 2: Decimal("23.15")}, {0: "c", 4: True}]
        ),
        cbor2.dumps({"a": [1, "b", b"c", 2.5, None, Decimal("1E+3"), {"d": cbor2.undefined}]}),
        cbor2.dumps([[1, [2, [3, [4]]]], "text" * 10]),
    ]
    kinds = set()
    for _ in range(20000):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randrange(1, 4)):
            data[draw.randrange(len(data))] = draw.getrandbits(8)
        decoded = decode(bytes(data), NOW)
        json.dumps(decoded.value, allow_nan=False)
        kinds.add(decoded.kind)
        for reading in decoded.readings:
            reading.timestamp()
    assert kinds == {"senml", "cbor", "bytes"}


def readings(records):
    return [
        (reading.name, reading.unit, reading.value, reading.time)
        for reading in resolve(cbor2.loads(cbor2.dumps(records)), NOW)
    ]


def test_base_fields_hold_until_they_are_given_anew():
    # RFC 8428, 5.1.6, with the numeric labels of its table 4.
    assert readings(
        [
            {-2: "2001:db8::2/", -3: 1.320078429e9, 0: "temperature", 1: "Cel", 2: 25.2},
            {0: "humidity", 1: "%RH", 2: 30},
            {-2: "2001:db8::1/", 0: "temperature", 1: "Cel", 2: 12.3},
            {0: "humidity", 1: "%RH", 2: 67},
        ]
    ) == [
        ("2001:db8::2/temperature", "Cel", 25.2, 1320078429),
        ("2001:db8::2/humidity", "%RH", 30, 1320078429),
        ("2001:db8::1/temperature", "Cel", 12.3, 1320078429),
        ("2001:db8::1/humidity", "%RH", 67, 1320078429),
    ]


def test_base_unit_value_and_time_are_added_or_replaced():
    assert readings(
        [
            {-2: "urn:dev:", -3: 1700000000, -4: "A", -5: 1, -1: 5, 0: "u", 1: "V", 2: 120.1},
            {0: "i", 6: -5, 2: Decimal("0.2")},
            {0: "j"},
            {0: "k", 3: "text"},
        ]
    ) == [
        ("urn:dev:u", "V", 121.1, 1700000000),
        ("urn:dev:i", "A", 1.2, 1699999995),
        ("urn:dev:j", "A", 1, 1700000000),
        ("urn:dev:k", "A", "text", 1700000000),
    ]


def test_a_record_of_base_fields_only_is_no_reading():
    assert readings([{-2: "urn:dev:"}, {0: "temp", 1: "Cel", 2: 23.1}]) == [
        ("urn:dev:temp", "Cel", 23.1, NOW)
    ]


def test_small_times_count_from_now():
    assert readings([{-3: -10, 0: "a", 6: 2, 2: 1}]) == [("a", None, 1, NOW - 8)]


def test_decimal_fractions_are_exact():
    assert readings([{0: "a", -5: Decimal("0.1"), 2: Decimal("0.2")}])[0][2] == 0.3


def test_sums_and_data():
    (reading,) = resolve([{0: "energy", 1: "J", 5: 7, -6: 3}], NOW)
    assert (reading.value, reading.total) == (None, 10)
    assert reading.fields()["sum"] == 10
    (reading,) = resolve([{0: "nfc", 8: b"hi"}], NOW)
    assert reading.fields()["value"] == b"hi".hex()


def test_extensions_are_passed_over_unless_they_must_be_understood():
    assert readings([{0: "a", 2: 1, "note": "x"}]) == [("a", None, 1, NOW)]
    assert readings([{0: "a", 2: 1, "note_": "x"}]) == []


@pytest.mark.parametrize(
    "records",
    [
        {},
        [],
        [1],
        [{}],
        [{2: 1}],  # no name
        [{0: "a"}],  # no value
        [{0: "a", 2: 1, 3: "x"}],  # two values
        [{0: "a", 2: "1"}],
        [{0: 1, 2: 1}],
        [{0: "a", 4: 1}],
        [{0: "a", 2: True}],
        [{0: "a", 2: math.nan}],
        [{0: "a", 2: 1, 6: 1e18}],
        [{0: "a", 2: 1, 9: 1}],
        [{-1: 11, 0: "a", 2: 1}],  # a later version
        [{0: "a", 2: Decimal("1E+1000000000")}],
        [{0: "a", 2: 1}, {0: "b", 2: None}],
        [{0: "a" * 257, 2: 1}],
        [{-2: "a" * 200, 0: "a" * 57, 2: 1}],
        [{0: "a", 1: "m" * 257, 2: 1}],
        [{-4: "m" * 257, 0: "a", 2: 1}],
        [{0: "a" * 257, 4: True}],
        [{0: "a", 1: "m" * 257, 3: "text"}],
    ],
)
def test_what_is_no_senml(records):
    assert resolve(records, NOW) == []


@pytest.mark.parametrize("content", [{2: 1}, {4: True}])
def test_the_longest_name_and_unit(content):
    (reading,) = resolve([{-2: "a" * 200, -4: "m" * 256, 0: "a" * 56, **content}], NOW)
    assert (reading.name, reading.unit) == ("a" * 256, "m" * 256)


def test_moments():
    (reading,) = resolve([{0: "a", 2: 1, 6: 1700000000}], NOW)
    assert reading.timestamp() == "2023-11-14T22:13:20Z"
    (reading,) = resolve([{0: "a", 2: 1, 6: 1700000000.25}], NOW)
    assert reading.timestamp() == "2023-11-14T22:13:20.250Z"
