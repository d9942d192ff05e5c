"""A Mosquitto of the test's own, and somebody who listens there."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

GIVE_UP_S = 60
HOST = "127.0.0.1"


def until(condition, what="it"):
    """The first true value of `condition()`; AssertionError when it takes too long."""
    deadline = time.monotonic() + GIVE_UP_S
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


def free_port():
    """A port on loopback that nobody uses now."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return sock.getsockname()[1]


def mosquitto_path():
    """Debian's program, or what to do about it."""
    found = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, "mosquitto is missing: sudo apt-get install mosquitto"
    return found


def password_line(folder, user, password):
    """What makes a Mosquitto let in nobody else."""
    file = folder / "passwords"
    file.touch(mode=0o600)
    tool = shutil.which("mosquitto_passwd")
    assert tool, "mosquitto_passwd is missing: sudo apt-get install mosquitto"
    subprocess.run([tool, "-b", file, user, password], check=True)
    return f"password_file {file}"


class Mosquitto:
    """A broker on a free port of loopback, with more lines in its configuration if there are any;
    it remembers nothing over a restart unless `persistent`."""

    def __init__(self, folder, *lines, port=None, persistent=False):
        self.port = port or free_port()
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._settings = folder / "mosquitto.conf"
        anonymous = (
            []
            if any(line.startswith("password_file") for line in lines)
            else ["allow_anonymous true"]
        )
        keep = [f"persistence_location {folder}/"] if persistent else []
        if os.geteuid() == 0:
            keep.append("user root")
        self._settings.write_text(
            "\n".join(
                [
                    f"persistence {'true' if persistent else 'false'}",
                    "log_dest stderr",
                    "max_queued_messages 0",
                    *keep,
                    f"listener {self.port} {HOST}",
                    *anonymous,
                    *lines,
                ]
            )
            + "\n"
        )
        self._process = None
        self.start()

    @property
    def url(self):
        return f"mqtt://{HOST}:{self.port}"

    def start(self):
        """Run it, and wait until it listens."""
        with open(self._folder / "mosquitto.log", "a") as log:
            self._process = subprocess.Popen(
                [mosquitto_path(), "-c", str(self._settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(self._listens, "Mosquitto")

    def kill(self):
        """It has no time for anything."""
        self._process.kill()
        self._process.wait()

    def stop(self):
        """It ends as it should."""
        self._process.terminate()
        self._process.wait()

    def freeze(self):
        """It is there, and does nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        """It goes on."""
        self._process.send_signal(signal.SIGCONT)

    def log(self):
        """All it has said."""
        return (self._folder / "mosquitto.log").read_text()

    def _listens(self):
        assert self._process.poll() is None, f"Mosquitto does not run:\n{self.log()}"
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port)):
            return True
        return False


class Ear:
    """Listens at the broker: `messages` is a list of (topic, payload in bytes, retained), in order.
    With a connection of its own it publishes, too."""

    def __init__(self, port, *filters, user=None, password=None, tls=None, version=paho.MQTTv5):
        self.messages = []
        self.properties = []
        self._subscribed = threading.Event()
        self._acknowledged = threading.Event()
        self._is_5 = version == paho.MQTTv5
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=version)
        self._client.max_inflight_messages_set(20)
        self._client.username_pw_set(user, password)
        if tls:
            self._client.tls_set(tls)
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_connect = lambda *_: [self._client.subscribe(f, 1) for f in filters]
        self._client.connect(HOST, port)
        self._client.loop_start()
        if filters:
            assert self._subscribed.wait(GIVE_UP_S)

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic, payload, retain=False, response=None, correlation=None):
        """Wait until the broker has it."""
        properties = None
        if response is not None:
            properties = Properties(PacketTypes.PUBLISH)
            properties.ResponseTopic = response
            if correlation is not None:
                properties.CorrelationData = correlation
        info = self._client.publish(topic, payload, 1, retain, properties)
        info.wait_for_publish(GIVE_UP_S)

    def at(self, topic):
        """The payloads that came there, as text."""
        return [m[1].decode() for m in list(self.messages) if m[0] == topic]

    def json_at(self, topic):
        """The same as JSON; None for nothing."""
        return [json.loads(text) if text else None for text in self.at(topic)]

    def latest(self, part):
        """The value of the reading that came last with this in its topic; None before the first."""
        for topic, data, _ in reversed(self.messages):
            if part in topic and data:
                return json.loads(data)["value"]
        return None

    def values(self, part="/reading/n"):
        """The values of all readings with this in their topics, in the order they came."""
        found = [data for topic, data, _ in list(self.messages) if part in topic]
        return [json.loads(data)["value"] for data in found if data]

    def under(self, part):
        """{topic: the payload that came last} of topics with this in them."""
        return {topic: data for topic, data, _ in list(self.messages) if part in topic}

    def _on_message(self, client, userdata, message):
        self.properties.append(message.properties if self._is_5 else None)
        self.messages.append((message.topic, message.payload, message.retain))


def retained(port, **options):
    """{topic: payload} of what the broker keeps now."""
    ear = Ear(port, "#", **options)
    try:
        # By the same connection, so that it comes back after all that.
        ear.publish("test/marker", b"x")
        until(lambda: ear.at("test/marker"), "the marker")
        return {topic: data for topic, data, kept in ear.messages if kept}
    finally:
        ear.close()


def once(values):
    """Without what came again: at the end of a connection that is all which was on its way."""
    return sorted(set(values), key=values.index)


def about(port, device):
    """The topics of what the broker keeps of a device (sink.Device)."""
    return {topic for topic in retained(port) if device.ruid.hex() in topic}
