"""The bus and its sinks: everybody is told everything, and nobody can harm the others."""

import asyncio
import threading

import pytest

from uwish_host import sink
from uwish_host.sink import Bus, Device, Frame, Sink
from uwish_host.sink_queue import Queue

KEY = bytes(range(128))
LAMP = Device(KEY, "sensor", "lamp")
# [{-2: "x/", 0: "t", 2: 21}] (RFC 8428)
SENML = bytes.fromhex("81a3216278 2f 006174 0215".replace(" ", ""))


class Notes(Sink):
    """Keeps what it is told."""

    name = "notes"

    def __init__(self):
        self.told = []

    def frame(self, frame):
        self.told.append(frame)

    def presence(self, presence):
        self.told.append(presence)

    def event(self, name, fields):
        self.told.append((name, fields))


class Broken(Sink):
    name = "broken"

    def frame(self, frame):
        raise ValueError("no frames today")

    presence = frame

    def event(self, name, fields):
        raise ValueError("no events either")


def test_every_sink_is_told_of_everything():
    notes = [Notes(), Notes()]
    bus = Bus(*notes, clock=lambda: 7.0)
    bus.frame(LAMP, b"x", 5.0)
    bus.presence(LAMP, False, "lost")
    bus.event("contacts", {"count": 3})
    for note in notes:
        frame, presence, event = note.told
        assert (frame.device, frame.data, frame.time) == (LAMP, b"x", 5.0)
        assert (presence.device, presence.online) == (LAMP, False)
        assert (presence.time, presence.reason) == (7.0, "lost")
        assert event == ("contacts", {"count": 3})


def test_who_was_taken_away_hears_nothing_more():
    stays, goes = Notes(), Notes()
    bus = Bus(stays, goes)
    bus.remove(goes)
    bus.frame(LAMP, b"x", 5.0)
    assert (len(stays.told), goes.told) == (1, [])


def test_a_sink_that_raises_is_named_and_the_others_do_not_notice():
    notes = Notes()
    bus = Bus(Broken(), notes)
    bus.frame(LAMP, b"x", 5.0)
    warning, frame = notes.told
    assert warning == ("warning", {"text": "broken: ValueError: no frames today"})
    assert frame.data == b"x"


def test_what_is_said_of_a_broken_sink_is_limited():
    notes = Notes()
    bus = Bus(Broken(), notes)
    for _ in range(100):
        bus.frame(LAMP, b"x", 5.0)
        bus.presence(LAMP, True)
        bus.event("contacts", {})
    warnings = [told for told in notes.told if isinstance(told, tuple) and told[0] == "warning"]
    assert len(warnings) == 5
    assert len(notes.told) - len(warnings) == 300


def test_a_frame_is_decoded_once_and_only_when_asked(monkeypatch):
    asked = []
    decode = sink.decode

    def counting(data, now):
        asked.append((data, now))
        return decode(data, now)

    monkeypatch.setattr(sink, "decode", counting)
    frame = Frame(LAMP, SENML, 1000.0)
    assert asked == []
    (reading,) = frame.readings
    assert (reading.name, reading.value, reading.time) == ("x/t", 21, 1000.0)
    assert frame.decoded.kind == "senml"
    assert asked == [(SENML, 1000.0)]


def test_a_device_is_its_identity_whatever_it_is_called():
    assert Device(KEY, "sensor", "kitchen") == LAMP
    assert hash(LAMP) == hash(Device(KEY, "sensor", "kitchen"))
    assert Device(KEY, "chess", "lamp") != LAMP
    assert Device(bytes(128), "sensor", "lamp") != LAMP
    parts = (LAMP.luid, LAMP.ruid, LAMP.rhid, LAMP.rsid)
    assert b"".join(parts) == KEY
    fields = LAMP.fields()
    ids = [fields[name] for name in ("luid", "ruid", "rhid", "rsid")]
    assert ids == [part.hex() for part in parts]
    assert fields["url"] == "{}>{}@{}/{}/sensor".format(*ids)


class Slow(Sink):
    def __init__(self):
        self.full = True

    def congested(self):
        return self.full


def test_relief_is_passed_on_when_nobody_is_congested_any_more():
    one, other = Slow(), Slow()
    bus = Bus(one, Notes(), other)
    relieved = []
    bus.on_relief = lambda: relieved.append(True)
    assert bus.congested()
    one.full = False
    bus.relieved()
    assert bus.congested()
    assert relieved == []
    other.full = False
    bus.relieved()
    assert not bus.congested()
    assert relieved == [True]


def frames(*numbers):
    return [Frame(LAMP, b"%d" % number, 0.0) for number in numbers]


def fill(queue, items):
    for item in items:
        queue.frame(item)


def test_a_queue_keeps_the_order_and_gives_out_what_is_asked_for():
    queue = Queue("q")
    items = frames(*range(5))
    fill(queue, items)
    assert len(queue) == 5
    assert queue.take(2) == items[:2]
    assert queue.take(10) == items[2:]
    assert queue.take(10) == []
    assert queue.dropped == 0


@pytest.mark.parametrize("bounds", [{"max_items": 3}, {"max_bytes": 3 * 201}])
def test_a_full_queue_drops_the_oldest_and_counts(bounds):
    queue = Queue("q", **bounds)
    items = frames(*range(5))
    fill(queue, items)
    assert queue.take(10) == items[2:]
    assert queue.dropped == 2
    fill(queue, items[:3])
    assert queue.take(10) == items[:3]
    assert queue.dropped == 2


def test_a_frame_counts_with_its_size():
    queue = Queue("q", max_bytes=1000)
    fill(queue, [Frame(LAMP, bytes(700), 0.0), Frame(LAMP, bytes(600), 0.0)])
    assert [len(frame.data) for frame in queue.take(10)] == [600]
    assert queue.dropped == 1


def test_events_go_in_only_when_asked_for():
    without, with_events = Queue("q"), Queue("q", events=True)
    bus = Bus(without, with_events)
    bus.presence(LAMP, True)
    bus.event("contacts", {"count": 1})
    assert len(without.take(10)) == 1
    assert with_events.take(10)[1] == ("contacts", {"count": 1})


def test_a_task_waits_for_a_batch_and_learns_of_the_end():
    async def run():
        queue = Queue("q")
        items = frames(*range(3))

        async def consume():
            batches = []
            while batch := await queue.batch(2):
                batches.append(batch)
            return batches

        task = asyncio.create_task(consume())
        await asyncio.sleep(0)
        fill(queue, items)
        queue.close()
        assert queue.closed
        return await task, items

    batches, items = asyncio.run(run())
    assert batches == [items[:2], items[2:]]


def test_a_thread_is_woken_by_an_item_and_by_the_end():
    queue = Queue("q")
    taken = []

    def consume():
        while not queue.closed or len(queue):
            queue.wait(30)
            taken.extend(queue.take())

    thread = threading.Thread(target=consume)
    thread.start()
    items = frames(*range(100))
    fill(queue, items)
    queue.close()
    thread.join(30)
    assert taken == items
