"""`uwish provision` for a gateway that has several addresses, or for several gateways."""

from tool_on_board import PASSWORD, Tool

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
