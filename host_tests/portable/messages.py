"""BSON for tests, made element by element and not by the code under test, so that any of it can be
made to lie."""


def u32(n):
    """Little-endian."""
    return bytes([n & 0xFF, n >> 8 & 0xFF, n >> 16 & 0xFF, n >> 24 & 0xFF])


def doc(*elements):
    """A whole document."""
    body = b"".join(elements)
    return u32(len(body) + 5) + body + b"\0"


def element(kind, name, value):
    """Any element."""
    return bytes([kind]) + name.encode() + b"\0" + value


def sub(name, *elements):
    """A nested document."""
    return element(3, name, doc(*elements))


def array(name, *makers):
    """An array; each item is (maker, value)."""
    return element(4, name, doc(*[m(str(i), v) for i, (m, v) in enumerate(makers)]))


def text(name, value):
    """A string."""
    raw = value.encode()
    return element(2, name, u32(len(raw) + 1) + raw + b"\0")


def binary(name, value):
    """A binary, generic subtype."""
    return element(5, name, u32(len(value)) + b"\0" + value)


def number(name, value):
    """An int32."""
    return element(0x10, name, u32(value))


def flag(name, value=True):
    """A boolean."""
    return element(8, name, b"\x01" if value else b"\0")


PING = doc(flag("ping"))
PONG = doc(flag("pong"))


def request(op, args, id=0):
    """{req: {op, args (, id)}}."""
    parts = [text("op", op), args]
    if id:
        parts.append(number("id", id))
    return doc(sub("req", *parts))


def peers_request(id):
    """{req: {op: "peers", args: [], id}}."""
    return request("peers", array("args"), id)


def sid(name):
    """A service id: the padded name."""
    raw = name.encode()
    return raw + bytes(32 - len(raw))


def send(rsid, lsid, protocol, payload, id=0):
    """A frame."""
    items = ((binary, rsid), (binary, lsid), (text, protocol), (binary, payload))
    return request("send", array("args", *items), id)


def service_signal(id, rsid, name, protocol, online=True):
    """{res: {sig, data: {rsid, name, protocol, online}}}."""
    data = (binary("rsid", rsid), text("name", name))
    data += (text("protocol", protocol), flag("online", online))
    return doc(sub("res", number("sig", id), sub("data", *data)))


def result(kind, id):
    """{res: {ack|fin: id}}."""
    return doc(sub("res", number(kind, id)))


def error(id, code, message):
    """{res: {data: {code, msg}, err: id}}."""
    data = sub("data", number("code", code), text("msg", message))
    return doc(sub("res", data, number("err", id)))
