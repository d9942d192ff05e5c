"""The device program in README.md, run under MicroPython against a gateway."""

import re
import subprocess
import threading
from contextlib import contextmanager

import micropython_runner as runner
from command_line import ROOT, GatewayProcess, ok

README = (ROOT / "README.md").read_text()


def device_program(folder, transport):
    """README's example with this test's address and folders in place of a board's."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    for theirs, ours in (
        ("wish://192.168.1.10:37009", transport),
        ('"/wish"', f'"{folder}/flash"'),
        ("/gateway.id", f"{folder}/gateway.id"),
        ("poll(1000)", "poll(200)"),
    ):
        assert theirs in code
        code = code.replace(theirs, ours)
    return code


def test_the_example_is_twenty_lines_or_so():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(code.splitlines()) <= 29


@contextmanager
def running(program):
    """A device with this program, until the block ends or a minute is over."""
    device = subprocess.Popen(
        runner.command(program),
        cwd=ROOT,
        env=runner.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    overdue = threading.Timer(60, device.kill)
    overdue.start()
    try:
        yield device
    finally:
        overdue.cancel()
        device.kill()
        device.communicate()


def test_the_example_sends_to_a_gateway(tmp_path):
    state = tmp_path / "state"
    with GatewayProcess(state) as gateway:
        (tmp_path / "gateway.id").write_bytes(
            bytes.fromhex(ok("identity", "export", "--state", state, "--hex").strip())
        )
        program = tmp_path / "main.py"
        program.write_text(device_program(tmp_path, gateway.listening["transport"]))
        with running(program) as device:
            printed = device.stdout.readline()
        ok("device", "add", "--state", state, printed.strip())
        with running(program):  # after its reset, as the comment in it says
            frame = gateway.wait_for("frame")
    assert bytes.fromhex(frame["data"]) == b"21.5 Cel"
