"""A gateway with metrics, and Prometheus in front of it."""

import time
import urllib.request

import cbor2
from command_line import GIVE_UP_S, GatewayProcess
from prometheus_client import parser


class Measured(GatewayProcess):
    """A gateway with metrics; `url` is where."""

    def __init__(self, state, *arguments):
        super().__init__(state, "--metrics", "0", *arguments)

    def __enter__(self):
        self.url = self.wait_for("metrics")["url"]
        return super().__enter__()

    def ask(self, path="", **headers):
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=GIVE_UP_S) as answer:
            return answer.headers, answer.read()

    def scrape(self):
        """{(sample's name, *(label, value)): value} of all samples now."""
        text = self.ask()[1].decode()
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in parser.text_string_to_metric_families(text)
            for sample in family.samples
        }

    def until(self, device, **expected):
        """Scrape until all these samples without labels have these values, the device turning."""
        deadline = time.monotonic() + GIVE_UP_S
        while True:
            device.app.poll(2)
            found = self.scrape()
            if all(found.get((f"uwish_{name}",)) == value for name, value in expected.items()):
                return found
            assert time.monotonic() < deadline, found


def send(device, *records):
    data = cbor2.dumps(list(records))
    assert device.app.peer.send(device.online[0], data) == 200
    return len(data)
