"""Run a command where the network is nothing but loopback.

    python host_tests/loopback.py COMMAND [ARGUMENT...]

The stock wish-core dials a public relay and broadcasts by itself, and nothing on its command line
stops it. So whatever starts it runs inside a fresh network namespace, which has no interface but
`lo`: packets have nowhere to go. The command's exit status is this one's. Nothing outside Python's
standard library is needed; a user who is not root gets a user namespace as well
(user_namespaces(7)), in which the command keeps its uid.

`lo` has a second address there, ADDRESS, which does not look like loopback, and broadcasts go to it
too: so hosts that discover each other on a local network can be tested as processes.

Harness code calls `only_loopback()` or `require_loopback()` and starts wish-core nowhere else.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys

_CLONE_NEWUSER = 0x10000000  # <linux/sched.h>
_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS = 0x8913  # <linux/sockios.h>
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
_IFREQ = struct.Struct("16sH22x")  # <linux/if.h>: a name, here the flags, 40 bytes in all
_SIOCADDRT = 0x890B
_SIOCSIFADDR = 0x8916
_IFREQ_ADDRESS = struct.Struct("16sHH4s16x")  # the same with a sockaddr_in
_ROUTE_UP_TO_HOST = 0x5  # RTF_UP | RTF_HOST, <linux/route.h>

ADDRESS = "198.51.100.1"  # of those that RFC 5737 sets apart; a network of 256
_BROADCAST = "255.255.255.255"

# The kernel puts these, down, into every new namespace when their modules are loaded (the sysctl
# net.core.fb_tunnels_only_for_init_net). They lead nowhere as long as nobody sets them up.
_FALLBACK_TUNNELS = frozenset(
    ["tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"]
)


def interfaces():
    """{name: is it up} of every network interface this process can use.

    Read from /proc/self, because /sys shows the namespace in which it was mounted.
    """
    with open("/proc/self/net/dev") as table:
        names = [line.split(":")[0].strip() for line in table.readlines()[2:]]
    return {name: bool(_flags(name) & _IFF_UP) for name in names}


def only_loopback():
    """True when `lo` is up and this process can reach nothing else."""
    found = interfaces()
    others = {name for name in found if name != "lo"}
    return found.get("lo", False) and all(
        name in _FALLBACK_TUNNELS and not found[name] for name in others
    )


def require_loopback(what):
    """Do nothing when there is nothing but loopback; RuntimeError that names `what` otherwise."""
    if not only_loopback():
        others = sorted(name for name in interfaces() if name != "lo")
        obstacle = "it could reach a network by " + ", ".join(others) if others else "lo is down"
        raise RuntimeError(
            f"{what} is not started here, because {obstacle}: use `make test`, or "
            "`python host_tests/loopback.py COMMAND`"
        )


def enter_fresh_namespace():
    """Move this process into a new network namespace with `lo` up; OSError when the system forbids
    it."""
    leave_network(os.getuid(), os.getgid())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = _IFREQ.pack(b"lo", _flags("lo") | _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)
        request = _IFREQ_ADDRESS.pack(b"lo:1", socket.AF_INET, 0, socket.inet_aton(ADDRESS))
        fcntl.ioctl(any_socket, _SIOCSIFADDR, request)
        fcntl.ioctl(any_socket, _SIOCADDRT, bytes(_route_to_lo(_BROADCAST)))


def leave_network(uid, gid):
    """Move this process into a new network namespace, in which nothing is up; who is not root needs
    a user namespace for that, and is `uid` and `gid` there. OSError when the system forbids it."""
    own_uid, own_gid = os.getuid(), os.getgid()
    try:
        _unshare(_CLONE_NEWNET)
    except PermissionError:
        _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        _write("/proc/self/setgroups", "deny")  # or the kernel refuses the next map
        _write("/proc/self/gid_map", f"{gid} {own_gid} 1")
        _write("/proc/self/uid_map", f"{uid} {own_uid} 1")


def main(arguments):
    """Run `arguments`; returns only when that was impossible."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    try:
        enter_fresh_namespace()
    except OSError as error:
        # In a container without a network there is nothing to leave and often no right to.
        if not only_loopback():
            print(
                f"loopback.py: no network namespace ({error.strerror}): run as root, or allow "
                "unprivileged user namespaces, or use a container with --network none",
                file=sys.stderr,
            )
            return 125
    try:
        os.execvp(arguments[0], arguments)
    except OSError as error:
        print(f"loopback.py: {arguments[0]}: {error.strerror}", file=sys.stderr)
        return 127 if error.errno == errno.ENOENT else 126


def _flags(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, _IFREQ.pack(name.encode(), 0))
    return _IFREQ.unpack(answer)[1]


class _Route(ctypes.Structure):
    # struct rtentry, <linux/route.h>; the last three fields are of no use here.
    _fields_ = (
        ("pad", ctypes.c_ulong),
        ("destination", ctypes.c_ubyte * 16),
        ("gateway", ctypes.c_ubyte * 16),
        ("mask", ctypes.c_ubyte * 16),
        ("flags", ctypes.c_ushort),
        ("pad2", ctypes.c_short),
        ("pad3", ctypes.c_ulong),
        ("pad4", ctypes.c_void_p),
        ("metric", ctypes.c_short),
        ("device", ctypes.c_char_p),
        ("unused", ctypes.c_ulong * 3),
    )


def _route_to_lo(host):
    # Bytes in which the kernel finds a pointer to the interface's name.
    address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(host))
    anything = (ctypes.c_ubyte * 16)(socket.AF_INET)
    return _Route(
        destination=(ctypes.c_ubyte * 16)(*address),
        gateway=anything,
        mask=anything,
        flags=_ROUTE_UP_TO_HOST,
        device=_LO,
    )


_LO = b"lo"  # kept, because the kernel is given a pointer to it


def _unshare(flags):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _write(path, text):
    with open(path, "w") as f:
        f.write(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
