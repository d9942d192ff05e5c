"""The systemd unit of a gateway (systemd.service(5), systemd.exec(5)).

It takes everything away that a gateway does not need: it opens sockets, computes, and writes to its
state directory. `check` knows what has to be in a unit, whoever wrote it.
"""

import configparser
import re
from pathlib import Path

from ..errors import Failure

STATE_ROOT = Path("/var/lib")
_USER = re.compile("[A-Za-z_][A-Za-z0-9_.-]*|[0-9]+")  # systemd.exec(5), User=
# What ProtectHome= closes.
_HOMES = tuple(Path("/", *parts) for parts in (("home",), ("root",), ("run", "user")))

_TEMPLATE = """\
[Unit]
Description=Wish gateway ({name})
Documentation=man:systemd.exec(5)
Wants=network-online.target
After=network-online.target
# It comes back whatever happens, for ever: an address may be there only later.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
# Reads the contacts again.
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# What the command line or the settings say can never work: trying again does not help.
RestartPreventExitStatus=2
# Only the gateway itself is told to end: it tells its workers.
KillMode=mixed
TimeoutStopSec=30
WatchdogSec=60

{user}
{state}
UMask=0077

MemoryMax={memory}
TasksMax=64
LimitNOFILE=65536

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""

# What must be so whatever else is changed: (section, key, value).
_MUST = (
    ("Service", "Type", "notify"),
    ("Service", "NoNewPrivileges", "yes"),
    ("Service", "ProtectSystem", "strict"),
    ("Service", "Restart", "on-failure"),
    ("Service", "KillMode", "mixed"),
)


def make_unit(command, directory, user=None, memory="512M"):
    """The unit's text. `command` (list) starts the gateway, with absolute paths; `directory` is its
    state. Without `user` systemd makes one up while it runs, which needs a directory of its own
    below /var/lib."""
    if user is not None and not _USER.fullmatch(user):
        raise Failure(f"no name or number of a user: {user!r}")
    own = directory.parent == STATE_ROOT
    if user is None and not own:
        raise Failure(
            f"{directory} is not directly below {STATE_ROOT}: give --user NAME, whose it is, or "
            f"take {STATE_ROOT / 'uwish'}"
        )
    at_home = lies_in_a_home(command[0]) or lies_in_a_home(directory)
    state = f"StateDirectory={directory.name}" if own else f"ReadWritePaths={_value(directory)}"
    text = _TEMPLATE.format(
        name=_value(directory.name),
        command=" ".join(_argument(part) for part in command),
        user="DynamicUser=yes" if user is None else f"User={_value(user)}",
        state=f"{state}\nStateDirectoryMode=0700" if own else state,
        memory=_value(memory),
        # What lies in a home stays readable only where something of ours lies in one.
        home="read-only" if at_home else "yes",
    )
    problems = check(text)
    if problems:
        raise Failure(problems[0])
    return text


def lies_in_a_home(path):
    """True when it is below what ProtectHome= closes."""
    return any(home in Path(path).parents for home in _HOMES)


def check(text):
    """What is wrong with a unit, as a list of sentences."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    unit.optionxform = str
    try:
        unit.read_string(text)
    except configparser.Error as error:
        return [f"this is no unit: {error.message}"]
    problems = [
        f"{key}={value} is missing in [{section}]"
        for section, key, value in _MUST
        if unit.get(section, key, fallback=None) != value
    ]
    start = unit.get("Service", "ExecStart", fallback="")
    if not start.lstrip('"').startswith("/"):
        problems.append("ExecStart= must begin with an absolute path")
    if not any(unit.has_option("Service", key) for key in ("DynamicUser", "User")):
        problems.append("it would run as root: User= or DynamicUser= is missing")
    if unit.get("Service", "User", fallback="") in ("root", "0"):
        problems.append("it must not run as root: take another User=")
    return problems


def _argument(text):
    """A word of a command line (systemd.service(5), "Command lines")."""
    text = _value(str(text)).replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if not text or any(c in " \t'\";" for c in text) else text


def _value(text):
    text = str(text)
    if not text.isprintable():
        raise Failure(f"this cannot stand in a unit: {text!r}")
    return text.replace("%", "%%")
