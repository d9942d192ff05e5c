"""How fast a gateway publishes at a Mosquitto on the same machine; not a test.

    python host_tests/loopback.py python host_tests/mqtt/bench_mqtt.py [--frames N]

Frames of one reading each. "memory": all of them handed to the sink at once; "database": after a
restart, from what storage has; "latency": 200 frames a second, from the bus to a subscriber. CPU is
that of the gateway's process, for each message.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(p) for p in (HERE, HERE.parent / "gateway", ROOT / "lib", ROOT / "tools")]

from mqtt_broker import Ear, Mosquitto, free_port, until  # noqa: E402
from mqtt_world import Publisher, numbers  # noqa: E402

_PACED = 1000
_PACE_S = 0.005


def measure(name, publisher, count):
    """Until all that waits is published."""
    began, cpu = time.monotonic(), time.process_time()
    until(lambda: len(publisher.sink) == 0)
    seconds = time.monotonic() - began
    cpu_us = (time.process_time() - cpu) / count * 1e6
    print(f"{name:24} {count / seconds:8.0f} messages/s {cpu_us:8.0f} us CPU each")


def latency(publisher, device, broker):
    """From a frame on the bus to somebody who has subscribed."""
    ear = Ear(broker.port, "uwish/#")
    heard = []
    arrived = threading.Event()
    ear._client.on_message = lambda *_: (heard.append(time.monotonic()), arrived.set())
    found = []
    for data in numbers(0, _PACED):
        began = time.monotonic()
        arrived.clear()
        publisher.say(device, data)
        arrived.wait()
        found.append((heard[-1] - began) * 1000)
        time.sleep(max(0, began + _PACE_S - time.monotonic()))
    ear.close()
    cuts = statistics.quantiles(found, n=100)
    print(f"{'latency':24} {cuts[49]:8.1f} ms median {cuts[98]:12.1f} ms p99")


def main(count):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        broker = Mosquitto(folder / "broker")
        frames = numbers(0, count)
        for window in (10, 20, 100):
            options = {"storage": None, "mqtt_backlog": count, "mqtt_window": window}
            with Publisher(folder / f"gateway{window}", broker.url, **options) as publisher:
                until(publisher.connected)
                publisher.say(publisher.device(), *frames)
                measure(f"memory, window {window}", publisher, len(publisher.sink))
        away = free_port()
        with Publisher(folder / "stored", f"mqtt://127.0.0.1:{away}") as publisher:
            device = publisher.device()
            publisher.say(device, *frames)
        broker.kill()
        broker = Mosquitto(folder / "second", port=away)
        with Publisher(folder / "stored", f"mqtt://127.0.0.1:{away}") as publisher:
            publisher.clock += 2 * count
            measure("database, window 10", publisher, len(publisher.sink))
            latency(publisher, device, broker)
        broker.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=20_000, help="of each measurement")
    main(parser.parse_args().frames)
