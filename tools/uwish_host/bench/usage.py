"""What processes take of the machine: processor time and memory, from /proc (proc(5))."""

import contextlib
import os
import time

_TICKS = os.sysconf("SC_CLK_TCK")
_BUSY = 0.9  # of a processor: a thread above that had nothing left to give
_NOTICED = 0.01


def cpu_s(*pids):
    """The processor time (seconds) these processes have used, user and system, of all threads."""
    return sum(_ticks(f"/proc/{pid}/stat") for pid in pids) / _TICKS


def resident_bytes(*pids):
    """The memory these processes hold that is not shared with others: private pages."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith(("Private_Clean:", "Private_Dirty:")):
                    total += int(line.split()[1]) * 1024
    return total


class Usage:
    """What the processes of the gateway, those of the devices, and all others use from now on."""

    def __init__(self, gateway_pids, device_pids):
        self._gateway = gateway_pids
        self._devices = device_pids
        self._began = self._now()

    def since(self):
        """Processors that were busy on average: `gateway_cpus`, `devices_cpus`, `others_cpus`;
        `gateway_busiest` and `devices_busiest`, the busiest thread of each; `gateway_cpu_s`;
        `gateway_waited`, which part of the time the gateway's main thread had something to do and
        no processor, because others had them all (0 where the kernel does not say); and `stolen`,
        which part of the processors' time was given to other virtual machines."""
        before, after = self._began, self._now()
        seconds = after["time"] - before["time"]
        gateway, devices, all_cpus = (
            (after[name] - before[name]) / seconds for name in ("gateway", "devices", "all")
        )
        return {
            "gateway_cpus": gateway,
            "gateway_busiest": _busiest(before, after, "gateway") / seconds,
            "devices_cpus": devices,
            "devices_busiest": _busiest(before, after, "devices") / seconds,
            "others_cpus": max(0.0, all_cpus - gateway - devices),
            "gateway_cpu_s": gateway * seconds,
            "gateway_waited": (after["waited"] - before["waited"]) / seconds,
            "stolen": (after["stolen"] - before["stolen"]) / (seconds * _processors()),
        }

    def _now(self):
        found = {"time": time.monotonic(), "threads": {}}
        found["all"], found["stolen"] = _all_s()
        found["waited"] = _waited_s(self._gateway[0])
        for name, pids in (("gateway", self._gateway), ("devices", self._devices)):
            found[name] = cpu_s(*pids)
            for pid in pids:
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with contextlib.suppress(FileNotFoundError):  # it has just ended
                        used = _ticks(f"/proc/{pid}/task/{thread}/stat") / _TICKS
                        found["threads"][name, thread] = used
        return found


def limit(found):
    """In words, what kept a measurement from more: `found` has what Usage.since gave."""
    parts = (
        f"processors: gateway {found['gateway_cpus']:.1f}, devices {found['devices_cpus']:.1f}, "
        f"others {found['others_cpus']:.1f}"
    )
    if found["gateway_waited"] >= _NOTICED:
        parts += f"; the gateway had to wait for one {found['gateway_waited']:.0%} of the time"
    if found["stolen"] >= _NOTICED:
        parts += f"; other virtual machines took {found['stolen']:.0%} of the processors' time"
    if found["gateway_busiest"] >= _BUSY:
        return f"{parts}; the gateway's busiest thread was the limit"
    if found["devices_busiest"] >= _BUSY:
        return f"{parts}; the simulated devices were the limit"
    busy = sum(found[name] for name in ("gateway_cpus", "devices_cpus", "others_cpus"))
    if busy >= _BUSY * os.cpu_count():
        return f"{parts}; other programs were in the way"
    return parts


def _busiest(before, after, name):
    return max(
        used - before["threads"].get(key, 0)
        for key, used in after["threads"].items()
        if key[0] == name
    )


def _ticks(path):
    with open(path) as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _waited_s(pid):
    # Nanoseconds on a processor, nanoseconds of waiting for one (sched-stats.rst of Linux).
    with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[1]) / 1e9
    return 0.0


def _all_s():
    # Busy, and stolen. user, nice, system, idle, iowait, irq, softirq, steal: busy is all but the
    # two in which it waits, and the last.
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return (sum(fields[:3]) + sum(fields[5:7])) / _TICKS, fields[7] / _TICKS


def _processors():
    return os.cpu_count() or 1
