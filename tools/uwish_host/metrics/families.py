"""A snapshot as families of metrics, named as Prometheus wants them: base units, `_total` for what
only grows. docs/GATEWAY.md lists them."""

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)

_DEVICE = ("uid", "alias")

_SUMS = (
    ("received", "uwish_received_frames", "Frames that devices sent."),
    ("sent", "uwish_sent_frames", "Frames that went out to devices."),
    ("dropped", "uwish_dropped_frames", "Frames to devices that were taken, then given up."),
    ("undelivered", "uwish_undelivered_frames", "Frames of services that were not online."),
    ("ignored", "uwish_ignored_messages", "Messages that meant nothing to us."),
    ("bytes_in", "uwish_received_bytes", "Bytes from devices, on the wire."),
    ("bytes_out", "uwish_sent_bytes", "Bytes to devices, on the wire."),
)
_OF_STORAGE = (
    ("written", "uwish_storage_written_frames", "Frames that are safe on the disk."),
    ("rows", "uwish_storage_written_rows", "Rows of the database that were written."),
    ("lost", "uwish_storage_lost_frames", "Frames that could not be written."),
    ("failures", "uwish_storage_failed_writes", "Writes that had to be repeated."),
    ("ignored", "uwish_storage_ignored_readings", "Readings under one name too many: not kept."),
)
_OF_DEVICE = (
    ("frames", "uwish_device_received_frames", "Frames of the device."),
    ("full", "uwish_device_full_frames", "Frames the device had no room for (507)."),
    ("reconnects", "uwish_device_reconnects", "Times it came again."),
)


def families(found):
    """Yields a family for each metric of a Snapshot."""
    yield InfoMetricFamily("uwish_build", "This program.", {"version": found.version})
    yield from _of_connections(found)
    yield from _of_handshakes(found)
    yield _labelled(
        "uwish_send_results", "Frames to devices by their status.", "status", found.sent
    )
    yield CounterMetricFamily("uwish_warnings", "Warnings that were told.", found.warnings)
    yield from _of_sinks(found)
    if found.broker is not None:
        yield from _of_broker(*found.broker)
    if found.storage:
        yield from _of_storage(found.storage)
    if found.devices is not None:
        yield from _of_devices(found)


def _of_connections(found):
    family = GaugeMetricFamily(
        "uwish_connections", "Connections, by how far they came.", labels=("phase",)
    )
    for phase, count in found.phases.items():
        family.add_metric((phase.replace(" ", "_"),), count)
    yield family
    yield _labelled(
        "uwish_closed_connections", "Connections that ended, why.", "reason", found.closed
    )
    yield _labelled(
        "uwish_refused_connections",
        "Connections that ended before they were established, why.",
        "reason",
        found.refused,
    )
    yield GaugeMetricFamily("uwish_contacts", "Who may connect.", found.totals["devices"])
    yield GaugeMetricFamily("uwish_devices_online", "Who is here.", found.totals["online"])
    for name, metric, text in _SUMS:
        yield CounterMetricFamily(metric, text, found.sums[name])


def _of_handshakes(found):
    yield _histogram(
        "uwish_handshake_duration_seconds",
        "Completed handshakes, from the call to the first frame that may go.",
        found.handshakes,
    )
    yield CounterMetricFamily("uwish_exchange_powers", "Powers that were computed.", found.powers)
    yield GaugeMetricFamily(
        "uwish_exchange_waiting_powers", "Powers that wait for a worker.", found.powers_waiting
    )
    yield GaugeMetricFamily(
        "uwish_exchange_stocked_values", "Public values made ahead.", found.powers_stocked
    )
    yield GaugeMetricFamily("uwish_workers", "Worker processes.", found.workers)
    yield CounterMetricFamily(
        "uwish_workers_cpu_seconds", "Processor time of those that run.", found.workers_cpu_s
    )
    yield GaugeMetricFamily(
        "uwish_workers_resident_memory_bytes", "Memory of the workers.", found.workers_bytes
    )


def _of_sinks(found):
    yield GaugeMetricFamily(
        "uwish_congested", "1 while devices are held back for a sink.", int(found.congested)
    )
    waiting = GaugeMetricFamily("uwish_queue_items", "What waits for a sink.", labels=("sink",))
    dropped = CounterMetricFamily(
        "uwish_queue_dropped_items", "What a slow sink has lost.", labels=("sink",)
    )
    for name, (length, count) in found.queues.items():
        waiting.add_metric((name,), length)
        dropped.add_metric((name,), count)
    yield waiting
    yield dropped


def _of_broker(connected, refused, unheard):
    yield GaugeMetricFamily(
        "uwish_mqtt_connected", "1 while there is a connection to the broker.", int(connected)
    )
    yield CounterMetricFamily(
        "uwish_mqtt_refused_messages",
        "Messages the broker did not take, and which are lost.",
        refused,
    )
    yield CounterMetricFamily(
        "uwish_mqtt_refused_subscriptions",
        "Subscriptions the broker did not take: what comes there is not heard.",
        unheard,
    )


def _of_storage(storage):
    yield GaugeMetricFamily(
        "uwish_storage_unwritten_frames", "Frames that wait to be written.", storage["unwritten"]
    )
    for name, metric, text in _OF_STORAGE:
        yield CounterMetricFamily(metric, text, storage[name])
    yield _histogram(
        "uwish_storage_write_duration_seconds", "Transactions written.", storage["write_s"]
    )


def _of_devices(found):
    online = GaugeMetricFamily("uwish_device_online", "1 while it is here.", labels=_DEVICE)
    last = GaugeMetricFamily(
        "uwish_device_last_frame_timestamp_seconds", "When its last frame came.", labels=_DEVICE
    )
    reading = GaugeMetricFamily(
        "uwish_reading",
        "The latest number of a reading; 1 and 0 for true and false.",
        labels=(*_DEVICE, "name", "unit"),
    )
    counters = [CounterMetricFamily(metric, text, labels=_DEVICE) for _, metric, text in _OF_DEVICE]
    for device in found.devices:
        labels = device["labels"]
        online.add_metric(labels, int(device["online"]))
        if device["last"] is not None:
            last.add_metric(labels, device["last"])
        for (name, _, _), family in zip(_OF_DEVICE, counters, strict=True):
            family.add_metric(labels, device[name])
        for name, unit, value in device["readings"]:
            reading.add_metric((*labels, name, unit), value)
    yield online
    yield last
    yield from counters
    yield reading
    yield GaugeMetricFamily(
        "uwish_hidden_readings", "Readings beyond --metrics-readings.", found.hidden
    )


def _labelled(name, text, label, counts):
    family = CounterMetricFamily(name, text, labels=(label,))
    for key, count in sorted(counts.items()):
        family.add_metric((str(key),), count)
    return family


def _histogram(name, text, histogram):
    buckets, total = histogram
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=total)
