"""What uwish.senml packs, as cbor2 reads it: the RFC's examples, and every kind of number."""

import base64
import json
import math
import random
import struct
from decimal import Decimal
from fractions import Fraction

import cbor2
import pytest

from uwish import senml
from uwish.cbor_number import put_number

# RFC 8428 table 4.
LABELS = {
    "bver": -1, "bn": -2, "bt": -3, "bu": -4, "bv": -5, "bs": -6,
    "n": 0, "u": 1, "v": 2, "vs": 3, "vb": 4, "s": 5, "t": 6, "ut": 7, "vd": 8,
}  # fmt: skip

# RFC 8428 sections 5.1.1 to 5.1.7, in their order; the second of 5.1.2 is the one of section 6.
RFC_EXAMPLES = (
    '[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]',
    '[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},'
    '{"n":"current","u":"A","v":1.2}]',
    '[{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage",'
    '"u":"V","v":120.1},{"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},'
    '{"n":"current","t":-3,"v":1.4},{"n":"current","t":-2,"v":1.5},{"n":"current","t":-1,"v":1.6},'
    '{"n":"current","v":1.7}]',
    '[{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20},'
    '{"u":"lon","v":24.30621},{"u":"lat","v":60.07965},{"t":60,"v":20.3},'
    '{"u":"lon","t":60,"v":24.30622},{"u":"lat","t":60,"v":60.07965},{"t":120,"v":20.7},'
    '{"u":"lon","t":120,"v":24.30623},{"u":"lat","t":120,"v":60.07966},{"u":"%EL","t":150,"v":98},'
    '{"t":180,"v":21.2},{"u":"lon","t":180,"v":24.30628},{"u":"lat","t":180,"v":60.07967}]',
    '[{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},'
    '{"n":"label","vs":"Machine Room"},{"n":"open","vb":false},{"n":"nfc-reader","vd":"aGkgCg"}]',
    '[{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},'
    '{"n":"humidity","u":"%RH","v":30},{"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},'
    '{"n":"humidity","u":"%RH","v":67}]',
    '[{"bn":"urn:dev:ow:10e2073a01080063:"},{"n":"temp","u":"Cel","v":23.1},'
    '{"n":"heat","u":"/","v":1},{"n":"fan","u":"/","v":0}]',
    '[{"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":1},{"n":"2001:db8::4","v":1}]',
    '[{"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":0.5},{"n":"2001:db8::4","v":0.5},'
    '{"n":"2001:db8::3","t":0.1,"v":0},{"n":"2001:db8::4","t":0.1,"v":0}]',
)


def fixed(number):
    """A JSON number as (integer, decimal exponent), as a driver of a sensor would give it."""
    sign, digits, exponent = Decimal(number).as_tuple()
    return int("".join(map(str, digits))) * (-1 if sign else 1), exponent


def pack_json(text):
    """SenML in JSON, packed by uwish.senml without a float on the way."""
    pack = senml.Pack(bytearray(1000))
    for record in json.loads(text, parse_float=str, parse_int=str):
        if record.keys() & {"bn", "bt", "bu"}:
            time = int(Decimal(record["bt"])) if "bt" in record else None
            if "bt" in record and Decimal(record["bt"]) != time:
                pack.base(record.get("bn"), None, record.get("bu"))
                pack.field(senml.BASE_TIME, *fixed(record["bt"]))
            else:
                pack.base(record.get("bn"), time, record.get("bu"))
            if record.keys() <= {"bn", "bt", "bu"}:
                pack.record()
        for key, label in (("bver", senml.VERSION), ("bv", senml.BASE_VALUE)):
            if key in record:
                pack.field(label, *fixed(record[key]))
        if "v" in record:
            pack.number(record.get("n"), *fixed(record["v"]), record.get("u"))
        elif "vs" in record:
            pack.string(record["n"], record["vs"])
        elif "vb" in record:
            pack.boolean(record["n"], record["vb"])
        elif "vd" in record:
            pack.data(record["n"], base64.urlsafe_b64decode(record["vd"] + "=="))
        if "t" in record:
            pack.field(senml.TIME, *fixed(record["t"]))
    assert not pack.overflow
    return bytes(pack.buf[: pack.length])


def as_cbor(text):
    """The same as Python objects, the way the RFC maps JSON to CBOR: numbers as doubles."""
    records = [{LABELS[key]: v for key, v in record.items()} for record in json.loads(text)]
    for record in records:
        if 8 in record:
            record[8] = base64.urlsafe_b64decode(record[8] + "==")
    return records


def as_doubles(records):
    """Every number as the double that RFC 8428 section 6 compares."""

    def double(value):
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        return float(value) if is_number else value

    return [{label: double(value) for label, value in record.items()} for record in records]


@pytest.mark.parametrize("example", RFC_EXAMPLES)
def test_examples_of_the_rfc(example):
    decoded = cbor2.loads(pack_json(example))
    assert as_doubles(decoded) == as_doubles(as_cbor(example))
    assert all(list(map(type, record)) == [int] * len(record) for record in decoded)


def encode(value, exponent=0):
    buf = bytearray(32)
    end = put_number(buf, 0, 32, 7, value, exponent)
    assert end > 0
    assert buf[0] == 7
    return bytes(buf[1:end])


def exact(item):
    """A decoded number as a fraction."""
    assert isinstance(item, (int, float, Decimal)) and not isinstance(item, bool)
    return Fraction(item)


def head_length(n):
    return 1 if n < 24 else 2 if n < 2**8 else 3 if n < 2**16 else 5 if n < 2**32 else 9


def integer_length(n):
    n = ~n if n < 0 else n
    return head_length(n) if n < 2**64 else math.inf


def shortest(value):
    """The length of the shortest CBOR number that is the fraction `value`: every form is tried."""
    lengths = []
    if value.denominator == 1:
        lengths.append(integer_length(value.numerator))
    for form, length in ((">e", 3), (">f", 5), (">d", 9)):
        try:
            if Fraction(struct.unpack(form, struct.pack(form, float(value)))[0]) == value:
                lengths.append(length)
        except OverflowError:
            pass
    for exponent in range(-60, 60):
        mantissa = value / Fraction(10) ** exponent
        if mantissa.denominator == 1:
            lengths.append(2 + integer_length(exponent) + integer_length(mantissa.numerator))
    return min(lengths)


def numbers():
    """(integer, exponent) of every size, around each limit, with few and many zeros and fives."""
    draw = random.Random(8428)
    limits = [23, 24, 255, 256, 2**11, 2**16, 2**24, 2**30, 2**31, 2**32, 2**53, 2**63]
    for value in [0] + [limit + d for limit in limits for d in (-2, -1, 0, 1, 2)]:
        for exponent in (-24, -3, -2, -1, 1, 2, 9, 19, 22, 23):
            yield value, exponent
            yield -value, exponent
    for _ in range(3000):
        value = draw.getrandbits(draw.randrange(1, 63))
        value *= draw.choice((1, 5, 25, 125, 10, 1000, 2**20, 5**20))
        if value < 2**64:
            yield value * draw.choice((1, -1)), draw.randrange(-24, 24)


def test_fixed_point_is_exact_and_shortest():
    tried = 0
    for value, exponent in numbers():
        if exponent == 0:
            continue
        encoded = encode(value, exponent)
        wanted = value * Fraction(10) ** exponent
        assert exact(cbor2.loads(encoded)) == wanted, (value, exponent, encoded.hex())
        assert len(encoded) == shortest(wanted), (value, exponent, encoded.hex())
        tried += 1
    assert tried > 3000


def test_integers_are_integers_and_shortest():
    for value, _ in numbers():
        encoded = encode(value)
        assert cbor2.loads(encoded) == value
        assert len(encoded) == integer_length(value)


def test_floats_are_exact_and_shortest():
    draw = random.Random(754)
    values = [draw.uniform(-1, 1) * 10.0 ** draw.randrange(-30, 30) for _ in range(500)]
    for form, bits in ((">e", 16), (">f", 32), (">d", 64)):
        values += [
            struct.unpack(form, draw.getrandbits(bits).to_bytes(bits // 8, "big"))[0]
            for _ in range(2000)
        ]
    values += [float(draw.getrandbits(bits)) for bits in range(1, 200)]
    for value in values:
        if not math.isfinite(value):
            continue
        encoded = encode(value)
        assert exact(cbor2.loads(encoded)) == Fraction(value)
        forms = [n for form, n in ((">e", 3), (">f", 5), (">d", 9)) if survives(value, form)]
        if value.is_integer():
            forms.append(integer_length(int(value)))
        assert len(encoded) == min(forms)


def survives(value, form):
    try:
        return struct.unpack(form, struct.pack(form, value))[0] == value
    except OverflowError:
        return False


def test_hundreds_of_records():
    for records in (0, 1, 23, 24, 25, 255, 256, 300):
        pack = senml.Pack(bytearray(2000))
        for i in range(records):
            assert pack.number(None, i) == 200
        assert cbor2.loads(pack.buf[: pack.length]) == [{2: i} for i in range(records)]
        assert pack.length == len(cbor2.dumps([{2: i} for i in range(records)]))
