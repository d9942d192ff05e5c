"""Run two commands on two machines that are joined by two cables, and by nothing else.

    python host_tests/cable.py HERE [ARGUMENT...] -- THERE [ARGUMENT...]

Each machine is a network namespace of its own, each cable a pair of virtual Ethernet interfaces
(veth(4)) with an address at either end; nothing leads out. The second command's exit status is this
one's; the first is ended then. Needs `ip` (iproute2), and no root: who is not root gets a user
namespace (user_namespaces(7)) in which he is.
"""

import os
import subprocess
import sys

from loopback import leave_network

# (interface, our address, theirs), of the addresses that RFC 5737 sets apart
CABLES = (("eth0", "198.51.100.1", "198.51.100.2"), ("eth1", "203.0.113.1", "203.0.113.2"))


def main(arguments):
    """Run both; the second's exit status."""
    if "--" not in arguments:
        print(__doc__.strip())
        return 2
    border = arguments.index("--")
    leave_network(0, 0)
    there_is, there_says = os.pipe()
    go_is, go_says = os.pipe()
    child = os.fork()
    if child == 0:
        leave_network(0, 0)
        os.write(there_says, b".")
        os.read(go_is, 1)
        _plug_in(2)
        os.execvp(arguments[border + 1], arguments[border + 1 :])
    os.read(there_is, 1)
    for name, _, _ in CABLES:
        _ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", str(child))
    _plug_in(1)
    os.write(go_says, b".")
    here = subprocess.Popen(arguments[:border])
    try:
        _, status = os.waitpid(child, 0)
    finally:
        here.terminate()
        here.wait()
    return os.waitstatus_to_exitcode(status)


def _plug_in(end):
    _ip("link", "set", "lo", "up")
    for cable in CABLES:
        _ip("address", "add", f"{cable[end]}/24", "dev", cable[0])
        _ip("link", "set", cable[0], "up")


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
