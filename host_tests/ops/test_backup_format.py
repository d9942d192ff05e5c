"""The file that a backup is: documented, authenticated, and damaged in every way."""

import pytest
from backup_world import PASSPHRASE
from command_line import refused

from uwish_host.ops import sealed


def flip(data, offset):
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


def test_the_documented_format_and_cost(full, tmp_path):
    """Opened by hand with nothing but what the head of sealed.py says; the real cost, once."""
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = sealed.seal(b"content", "Zürich")
    assert data[:12] == b"uwish backup"
    assert tuple(data[12:16]) == (1, 17, 8, 1)
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    key = hashlib.scrypt(
        "Zürich".encode(), salt=data[16:32], n=2**17, r=8, p=1, dklen=32, maxmem=1 << 28
    )
    assert AESGCM(key).decrypt(data[32:44], data[44:-32], data[:44]) == b"content"


def test_one_passphrase_typed_in_two_ways_of_unicode(cheap):
    data = sealed.seal(b"content", "Z\u00fcrich")
    assert sealed.unseal(data, lambda: "Zu\u0308rich") == b"content"


DAMAGE = {
    "empty": (lambda data: b"", "no backup"),
    "another file": (lambda data: b"hello" * 100, "no backup"),
    "only the name": (lambda data: data[:12], "damaged"),
    "header only": (lambda data: data[:44], "damaged"),
    "cut": (lambda data: data[:-1], "damaged"),
    "longer": (lambda data: data + b"\0", "damaged"),
    "cost": (lambda data: flip(data, 13), "damaged"),
    "salt": (lambda data: flip(data, 20), "damaged"),
    "nonce": (lambda data: flip(data, 40), "damaged"),
    "content": (lambda data: flip(data, 60), "damaged"),
    "sum": (lambda data: flip(data, len(data) - 1), "damaged"),
    "newer": (lambda data: data[:12] + b"\x02" + data[13:], "newer uwish"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_backup(file, tmp_path, passphrase, how):
    change, said = DAMAGE[how]
    file.write_bytes(change(file.read_bytes()))
    other = tmp_path / "other"
    assert said in refused("identity", "restore", "--state", other, file, *passphrase)
    assert not other.exists()


@pytest.mark.parametrize(
    "parameters",
    [(0, 8, 1), (17, 0, 1), (17, 8, 0), (30, 8, 1), (20, 255, 1), (17, 8, 255)],
)
def test_a_backup_that_asks_for_too_much(file, tmp_path, passphrase, parameters):
    """Made with care, so that its sum is right: nobody can make us take all memory."""
    data = file.read_bytes()
    body = data[:13] + bytes(parameters) + data[16:-32]
    file.write_bytes(body + sealed.sha256(body))
    said = refused("identity", "restore", "--state", tmp_path / "other", file, *passphrase)
    assert "more memory or work" in said


def test_every_byte_is_authenticated_and_not_only_summed(cheap):
    data = sealed.seal(b"content", PASSPHRASE)
    for offset in range(16, len(data) - 32):
        body = flip(data, offset)[:-32]
        with pytest.raises(sealed.Failure, match="passphrase is wrong"):
            sealed.unseal(body + sealed.sha256(body), lambda: PASSPHRASE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"format": "uwish backup 2"}',
        b'{"format": "uwish backup 1", "time": 1}',
        b"[" * 100000,
        b'{"format": "uwish backup 1", "time": 1, "identity": {}, "contacts": {}}',
    ],
)
def test_sealed_but_not_by_uwish(content, cheap, tmp_path, passphrase):
    file = tmp_path / "backup"
    file.write_bytes(sealed.seal(content, PASSPHRASE))
    said = refused("identity", "restore", "--state", tmp_path / "other", file, *passphrase)
    assert "not what uwish puts there" in said
