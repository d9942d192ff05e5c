"""Random input to both back-ends: the device's bytes, native and plain, equal the host's.

A failure names the seed; `UWISH_SEED=... pytest` repeats it.
"""

import json
import os
import random

import micropython_runner as runner
import pytest

from uwish import crypto
from uwish.crypto import group15, run

SEED = int(os.environ.get("UWISH_SEED") or random.SystemRandom().getrandbits(32))
SCRIPT = runner.ROOT / "host_tests" / "cross" / "device_crypto.py"


@pytest.fixture
def rng():
    print(f"UWISH_SEED={SEED}")
    return random.Random(SEED)


@pytest.fixture
def device(tmp_path):
    """Have the device's crypto do a list of jobs; returns its answers."""

    def answers(jobs, native=True):
        request = tmp_path / "jobs.json"
        request.write_text(json.dumps({"native": native, "jobs": jobs}))
        done = runner.run(SCRIPT, request)
        assert done.status == 0, done.output
        return json.loads(done.output)

    return answers


def host_seal(secret, plain):
    cipher = crypto.Cipher()
    cipher.rekey(secret, 0)
    buf = bytearray(plain) + bytearray(16)
    cipher.seal(buf, 0, len(plain))
    return bytes(buf)


@pytest.mark.parametrize("native", [True, False], ids=["native", "plain"])
def test_records(rng, device, native):
    sizes = [*range(34), *(rng.randrange(600) for _ in range(40)), 4080, 4096, 16384]
    if not native:
        sizes = [0, 1, 16, *(rng.randrange(600) for _ in range(10))]
    jobs, expected = [], []
    for n in sizes:
        secret, plain, off = rng.randbytes(28), rng.randbytes(n), rng.randrange(9)
        record = host_seal(secret, plain)
        jobs += [
            ["seal", secret.hex(), off, plain.hex()],
            ["open", secret.hex(), off, record.hex()],
        ]
        expected += [record.hex(), plain.hex()]
        bad = bytearray(record)
        bad[rng.randrange(n + 16)] ^= 1 << rng.randrange(8)
        jobs.append(["open", secret.hex(), off, bad.hex()])
        expected.append(None)
    assert device(jobs, native) == expected


@pytest.mark.parametrize("native", [True, False], ids=["native", "plain"])
def test_signatures(rng, device, native):
    jobs, expected = [], []
    for size in (0, 32, 47, 48, 79, 80, 300) if native else (32, 80):
        seed, message = rng.randbytes(32), rng.randbytes(size)
        public = run(crypto.public_key(seed))
        signature = run(crypto.sign(seed, public, message))
        jobs += [
            ["public_key", seed.hex()],
            ["sign", seed.hex(), public.hex(), message.hex()],
            ["verify", public.hex(), message.hex(), signature.hex()],
        ]
        expected += [public.hex(), signature.hex(), True]
        bad = bytearray(signature)
        bad[rng.randrange(64)] ^= 1 << rng.randrange(8)
        jobs.append(["verify", public.hex(), message.hex(), bad.hex()])
        expected.append(False)
    assert device(jobs, native) == expected


def test_verdicts_on_nonsense(rng, device):
    """Public keys, half of them no points, and signatures that fit nothing or the neutral point."""
    neutral = (1).to_bytes(32, "little")
    jobs, expected = [], []
    for public in (*(rng.randbytes(32) for _ in range(12)), neutral, bytes(32), b"\xff" * 32):
        for signature in (neutral + bytes(32), rng.randbytes(63) + b"\0"):
            jobs.append(["verify", public.hex(), "77697368", signature.hex()])
            expected.append(run(crypto.verify(public, b"wish", signature)))
    assert device(jobs) == expected
    assert True in expected and False in expected


@pytest.mark.parametrize("profile", ["small", "fast"])
def test_exchange(rng, device, profile):
    prime = group15.prime()
    jobs, expected = [], []
    values = [rng.randrange(2, prime - 1) for _ in range(6)]
    values += [2, prime - 2, rng.randrange(2, 1 << 100)]
    for value in values:
        exponent = rng.getrandbits(256) | 1 << 255
        theirs = value.to_bytes(384, "big")
        for client in (True, False):
            exchange = crypto.KeyExchange(exponent)
            run(exchange.prepare())
            secret = run(exchange.agree(theirs, client))
            # The library, not only the other back-end, is the judge.
            assert int.from_bytes(exchange.public, "big") in (
                pow(2, exponent, prime),
                pow(2, exponent + 1, prime),
            )
            jobs.append(["agree", profile, f"{exponent:x}", theirs.hex(), client])
            expected.append([exchange.public.hex(), secret.hex()])
    for value in (0, 1, prime - 1, prime):
        jobs.append(["agree", profile, "5", value.to_bytes(384, "big").hex(), True])
        expected.append([(32).to_bytes(384, "big").hex(), None])
    assert device(jobs) == expected


@pytest.mark.parametrize("profile", ["small", "fast"])
def test_secrets_that_begin_with_zeros(rng, device, profile):
    """Both roles of both back-ends hold the same 384 bytes, the client after a second exponent."""
    prime = group15.prime()
    while True:
        client, server = (rng.getrandbits(256) | 1 << 255 for _ in range(2))
        secret = pow(pow(2, server, prime), client, prime)
        if not secret >> 8 * 383:
            break
    theirs = pow(2, server, prime).to_bytes(384, "big")
    ours = pow(2, client, prime).to_bytes(384, "big")
    host_client = crypto.KeyExchange(client)
    as_client = run(host_client.agree(theirs, True))
    as_server = run(crypto.KeyExchange(server).agree(ours, False))
    assert int.from_bytes(host_client.public, "big") != int.from_bytes(ours, "big")
    minimal = secret.to_bytes((secret.bit_length() + 7) // 8, "big")
    assert as_server == minimal + ours[len(minimal) :]
    assert device(
        [
            ["agree", profile, f"{client:x}", theirs.hex(), True],
            ["agree", profile, f"{server:x}", ours.hex(), False],
        ]
    ) == [[host_client.public.hex(), as_client.hex()], [theirs.hex(), as_server.hex()]]
