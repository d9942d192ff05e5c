"""How long devices are away when one of three gateways is killed.

    build/venv/bin/python host_tests/loopback.py build/venv/bin/python \\
        host_tests/many/bench_failover.py [--devices 150] [--kill 1] [--balanced] [--json]

The devices are the library under CPython, all of them in this process, and each sends 20 readings a
second; the gateways publish at a Mosquitto. Prints for how long those of the killed gateways had no
peer, and how many readings that `send` had taken are in no gateway's database.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from itertools import cycle, islice, permutations
from pathlib import Path

HERE = Path(__file__).resolve().parent
_ROOT = HERE.parents[1]
sys.path[:0] = [str(p) for p in (HERE, HERE.parent, HERE.parent / "mqtt", HERE.parent / "cli")]
sys.path[:0] = [str(_ROOT / "lib"), str(_ROOT / "tools")]

from balancer import Haproxy  # noqa: E402
from mqtt_broker import Mosquitto  # noqa: E402
from numbered_devices import Crowd  # noqa: E402
from several_gateways import Site  # noqa: E402

from uwish import log  # noqa: E402


def main():
    """The command."""
    parser = argparse.ArgumentParser(description="Kill gateways, and wait for their devices.")
    parser.add_argument("--devices", type=int, default=150)
    parser.add_argument("--kill", type=int, default=1, choices=(1, 2), help="so many of three")
    parser.add_argument("--balanced", action="store_true", help="devices know HAProxy only")
    parser.add_argument("--json", action="store_true", help="print one object")
    args = parser.parse_args()
    log.level = log.ERROR
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), args)
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:28} {value}")


def measure(folder, args):
    """What is printed, as a dict."""
    broker = Mosquitto(folder / "broker")
    site = Site(folder / "site", "--mqtt", broker.url)
    crowd = Crowd(site, folder)
    balancers = []
    try:
        members = site.start(3)
        orders = list(permutations([member.transport for member in members]))
        if args.balanced:
            balancers.append(Haproxy(folder / "haproxy", [member.address for member in members]))
            orders = [[balancers[0].transport] * 2]
        began = time.monotonic()
        crowd.add(*islice(cycle(orders), args.devices))
        crowd.until(crowd.all_online, "everybody")
        came_s = time.monotonic() - began
        crowd.say_more(20)
        found = {"processors": os.cpu_count(), "devices": args.devices}
        found["all_came_s"] = round(came_s, 1)
        return {**found, **kill(site, crowd, members[: args.kill])}
    finally:
        crowd.close()
        for balancer in balancers:
            balancer.close()
        site.close()
        broker.kill()


def kill(site, crowd, victims):
    """Kill these, and see who comes back when."""
    hids = {member.hid for member in victims}
    away = {device: None for device in crowd.devices if device.host in hids}
    began = time.monotonic()
    for member in victims:
        member.kill()

    def all_back():
        for device, back_s in away.items():
            if back_s is None and device.host not in (None, *hids):
                away[device] = time.monotonic() - began
        return None not in away.values()

    crowd.until(all_back, "those of the killed")
    crowd.say_more()
    crowd.hush(site.committed)
    stored = site.committed()
    lost = [device.accepted - len(stored[device.alias]) for device in crowd.devices]
    times = sorted(away.values())
    return {
        "killed": len(victims),
        "devices_away": len(times),
        "first_back_s": round(times[0], 2),
        "median_back_s": round(times[len(times) // 2], 2),
        "all_back_s": round(times[-1], 2),
        "readings": sum(device.accepted for device in crowd.devices),
        "readings_lost": sum(lost),
        "of_devices_elsewhere": sum(
            n for n, device in zip(lost, crowd.devices, strict=True) if device not in away
        ),
        "most_lost_of_one_device": max(lost),
    }


if __name__ == "__main__":
    main()
