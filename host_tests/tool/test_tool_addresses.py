"""`uwish provision` for a gateway that has several addresses, or for several gateways."""

import errno

import pytest
from tool_on_board import PASSWORD, Tool

from uwish_host.board.diagnosis import Diagnosis
from uwish_host.board.port import BoardError

OTHER = "gateway2.example:37009"


def provision(board, gateway, *addresses, run):
    return getattr(Tool(board), run)(
        *("provision", "--gateway", gateway.state, "--wait", 0),
        *("--wifi", "home", "--password-file", "-"),
        *(word for address in addresses for word in ("--address", address)),
        input=PASSWORD + "\n",
    )


def test_several_addresses_in_order(board, gateway):
    own = gateway.listening["address"]
    said = provision(board, gateway, own, OTHER, run="json")
    assert said["gateway"]["transport"] == f"wish://{own}"
    (pin,) = Tool(board).json("pins")["pins"]
    assert pin["transports"] == [f"wish://{own}", f"wish://{OTHER}"]


def test_more_than_a_device_keeps(board, gateway):
    many = [f"gateway{n}.example:37009" for n in range(9)]
    assert "126 bytes" in provision(board, gateway, *many, run="refused")


class Reaching:
    """A board that reaches `there` (host:port) and nothing else."""

    def __init__(self, there):
        self._there = there

    def call(self, script, function, host, port):
        return None if f"{host}:{port}" == self._there else errno.ECONNREFUSED


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("b:2", "gateway answers at wish://b:2"),
        ("c:3", "site answers at wish://c:3"),
        (
            "d:4",
            "gateway at wish://b:2: nobody listens there; site at wish://c:3: nobody listens there",
        ),
    ],
)
def test_doctor_names_the_address_that_answers(there, said):
    diagnosis = Diagnosis(Reaching(there))
    diagnosis._pinned = [
        {"alias": "gateway", "transports": ["wish://a:1", "wish://b:2"]},
        {"alias": "site", "transports": ["wish://c:3"]},
    ]
    assert diagnosis._look_at_addresses().text == said


def test_doctor_misses_an_address():
    diagnosis = Diagnosis(Reaching("a:1"))
    diagnosis._pinned = [{"alias": "gateway", "transports": []}]
    assert diagnosis._look_at_addresses().text == "no address of gateway is known"


@pytest.mark.parametrize(
    ("said", "advised"),
    [
        ("ImportError: no module named 'provision'", True),
        ("ImportError: no module named 'uwish.app'", True),
        ("ImportError: no module named 'dht'", False),
        ("ValueError: gateway: none is known yet: run uwish provision", False),
    ],
)
def test_only_a_missing_module_means_that_uwish_is_missing(said, advised):
    assert ("uwish is not on it" in str(BoardError("port", "step", said))) == advised
