"""`uwish pins` on a virtual board."""

import pytest
from command_line import ok
from tool_on_board import Tool

import uwish


@pytest.fixture
def provisioned(board, tmp_path):
    """A board that serves one gateway, which does not run."""
    ok("identity", "create", "--state", tmp_path / "state", "--alias", "home gateway")
    tool = Tool(board)
    tool.ok("provision", "--gateway", tmp_path / "state", "--address", "127.0.0.1:9", "--wait", 0)
    return tool


@pytest.fixture
def other(tmp_path):
    """(uid in hex, file with the document) of somebody else."""
    app = uwish.App("other", protocols=("sensor",))
    app.identity.create("other")
    file = tmp_path / "other.id"
    file.write_bytes(app.identity.export())
    return app.uid.hex(), file


def test_a_new_device_has_none(board):
    tool = Tool(board)
    assert tool.json("pins") == {"pins": []}
    assert tool.ok("pins") == "no pins: uwish provision\n"


def test_list(provisioned):
    (pin,) = provisioned.json("pins")["pins"]
    assert pin.pop("ruid") != ""
    assert pin == {
        "alias": "home gateway",
        "rhid": None,
        "policy": "always",
        "priority": 0,
        "transports": ["wish://127.0.0.1:9"],
    }
    said = provisioned.ok("pins")
    assert said.startswith("home gateway  ")
    assert "@any host  always, priority 0  wish://127.0.0.1:9" in said


def test_pin_a_document_and_unpin_it(provisioned, other):
    uid, file = other
    options = ("--address", "wish://10.0.0.1:5", "--priority", 7, "--policy", "eager")
    found = provisioned.json("pins", "pin", file, *options)["pins"]
    assert [pin["alias"] for pin in found] == ["home gateway", "other"]
    assert found[1]["ruid"] == uid and found[1]["priority"] == 7 and found[1]["policy"] == "eager"
    assert found[1]["transports"] == ["wish://10.0.0.1:5"]
    assert len(provisioned.json("pins", "unpin", uid[:8])["pins"]) == 1
    # He stays a contact, so his name will do.
    again = provisioned.json("pins", "pin", "other", "--host", "ab" * 32)["pins"]
    assert again[1]["rhid"] == "ab" * 32


def test_a_document_in_hex(provisioned, other):
    uid, file = other
    file.write_text(file.read_bytes().hex() + "\n")
    assert provisioned.json("pins", "pin", file)["pins"][1]["ruid"] == uid


def test_the_device_goes_on_afterwards(provisioned):
    mark = len(provisioned.board.output)
    provisioned.ok("pins")
    provisioned.board.wait_output("uwish: safe mode: wifi:", since=mark)


def test_a_refused_device_goes_on_too(provisioned):
    mark = len(provisioned.board.output)
    provisioned.refused("pins", "unpin", "nobody")
    provisioned.board.wait_output("uwish: safe mode: wifi:", since=mark)


def test_a_contact_is_forgotten_with_its_pins(provisioned, other):
    uid, file = other
    provisioned.ok("pins", "pin", file)
    assert [pin["alias"] for pin in provisioned.json("pins", "forget", "other")["pins"]] == [
        "home gateway"
    ]
    assert "or give a file" in provisioned.refused("pins", "pin", "other")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ("pin", "home gateway", "--address", "wish://10.0.0.1:5"),
            "--address goes with a DOCUMENT",
        ),
        (("unpin", "nobody"), "the device knows no 'nobody': see `uwish pins list`"),
        (("unpin", "home gateway", "--host", "00" * 31 + "01"), "the device has no such pin"),
        (("pin", "nobody"), "give a file with the identity document"),
        (("pin", "home gateway", "--address", "10.0.0.1"), "must look like wish://host:port"),
    ],
)
def test_refusals(provisioned, arguments, why):
    assert why in provisioned.refused("pins", *arguments)
    assert len(provisioned.json("pins")["pins"]) == 1


def test_what_is_no_document(provisioned, tmp_path):
    (tmp_path / "x").write_text("x")
    assert "not an identity document" in provisioned.refused("pins", "pin", tmp_path / "x")


@pytest.mark.parametrize("command", ["pin", "unpin"])
def test_a_host_that_cannot_be(provisioned, command):
    for wrong in ("zz" * 32, "aabb"):
        result = provisioned.run("pins", command, "home gateway", "--host", wrong)
        assert result.exit_code == 2 and "64 hex digits" in result.stderr


def test_a_full_contact_table_is_mended_by_what_it_says(provisioned, tmp_path):
    for number in range(20):
        app = uwish.App("other", protocols=("sensor",))
        app.identity.create(f"other {number}")
        file = tmp_path / "other.id"
        file.write_bytes(app.identity.export())
        result = provisioned.run("pins", "pin", file)
        if result.exit_code:
            assert "the contact table is full" in result.stderr
            assert "uwish pins forget" in result.stderr
            break
    else:
        raise AssertionError("it never became full")
    provisioned.ok("pins", "unpin", "other 0")
    assert "uwish pins forget" in provisioned.refused("pins", "pin", file)
    provisioned.ok("pins", "forget", "other 0")
    assert f"other {number}" in provisioned.ok("pins", "pin", file)


def test_a_full_table(provisioned, other):
    _, file = other
    provisioned.ok("pins", "pin", file)
    for number in range(20):
        result = provisioned.run("pins", "pin", "other", "--host", f"{number:064x}"[::-1])
        if result.exit_code:
            assert "the device's pin table is full: unpin somebody first" in result.stderr
            break
    else:
        raise AssertionError("it never became full")
