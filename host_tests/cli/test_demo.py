"""`make demo`, shortened: the real gateway and the real device, at work."""

from command_line import process


def test_the_demo_shows_frames_and_ends_well():
    done = process("--seconds", "1", module="uwish_host.demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Cel" in done.stdout or "load" in done.stdout
    assert "uwish send greenhouse --senml interval=" in done.stdout
    summary = done.stdout.partition("summary")[2]
    for row in (
        "frames sent",
        "frames received",
        "frames refused (507)",
        "heap per send",
        "handshake",
        "heap limit",
    ):
        assert row in summary
    assert "Traceback" not in done.stdout + done.stderr


def test_the_demo_says_when_the_device_cannot_work():
    done = process("--seconds", "1", "--heap", "48k", module="uwish_host.demo")
    assert done.returncode == 1
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr.partition("Error: ")[2]
