"""What is seen of a device without stopping it: what it says by itself, what its gateway says."""

from ..errors import Failure
from ..names import printable
from .diagnosis import FAILED, NOTE, OK, Step
from .online import hear_online


def look_at_gateway(gateway, uid, wait):
    """The Step of what `gateway` (see gateways.py) says of the device; `wait()` waits until it is
    online."""
    name = "gateway"
    if not gateway.knows(uid):
        return Step(name, FAILED, f"{gateway.name} does not let it in", "uwish provision")
    if gateway.connections(uid) is None:
        return Step(name, FAILED, f"{gateway.name} does not run", "uwish gateway --state DIR")
    try:
        wait()
    except Failure as failure:
        return Step(name, FAILED, failure.message.partition(": `")[0], "uwish logs")
    return Step(name, OK, f"the device is online at {gateway.name}")


def listen_for_online(lines, timeout_s):
    """The Step of what the device says by itself after a restart (`lines` of a listen.Listener)."""
    is_online, said = hear_online(lines, timeout_s)
    said = printable(said)
    if is_online:
        return Step("online", OK, said)
    if is_online is None:
        text = f"it has not said so within {timeout_s:.0f} s"
        return Step("online", NOTE, text, "--gateway STATE asks the gateway")
    return Step("online", FAILED, said, "uwish doctor --gateway STATE, uwish provision, uwish logs")
