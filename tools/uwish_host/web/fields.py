"""Rows of the fleet and what storage says, in terms of JSON: the same for pages, the API and what
is sent live (docs/GATEWAY.md has the list). Texts of devices are printable, and cut to 80."""

import itertools
import json

from .words import cut, short, show_unit, show_value, spark

IN_FLEET = 3  # readings of a device in the fleet's table
IN_DEVICE = 200  # and on its own page
_MAX_FRAME = 400  # characters of a frame

# The usual ones in a few words; of the others the name says enough.
_REASONS = {
    "closed": "closed by the gateway",
    "gateway_down": "the gateway was down",
    "lost": "connection lost",
    "replaced": "a newer connection came",
    "silent": "fell silent",
    "stalled": "took no bytes any more",
    "unknown_contact": "no contact any more",
}


def device_fields(row):
    """A Row (fleet.Row) with all its readings, as far as a page takes them."""
    return _device(row, IN_DEVICE, IN_DEVICE)


def fleet_fields(row):
    """A Row with its first readings, and the curve of the first that has one."""
    return _device(row, IN_FLEET, 1)


def _device(row, most, curves):
    readings = row.readings
    shown = []
    for latest in itertools.islice(readings.values(), most):
        fields = reading_fields(latest, curves > 0)
        curves -= bool(fields["spark"])
        shown.append(fields)
    return {
        "uid": row.uid,
        "alias": short(row.alias),
        "app": short(row.device.name),
        "protocol": short(row.device.protocol),
        "online": row.online,
        "since": row.since,
        "reason": row.reason,
        "why": show_reason(row.reason),
        "last": row.last,
        "frames": row.frames,
        "rate": round(row.rate, 1),
        "full": row.full,
        "reconnects": row.reconnects,
        "readings": shown,
        "more": len(readings) - len(shown),
    }


def reading_fields(latest, curve=True):
    """A fleet.Latest, with its curve or without."""
    value = latest.value
    return {
        "name": latest.name,
        "label": short(latest.name),
        "unit": latest.unit or "",
        "value": value.hex() if isinstance(value, bytes) else value,
        "text": show_value(value, latest.unit),
        "time": latest.time,
        "spark": spark(latest.trend) if curve else "",
    }


def series_fields(series):
    """A points.Series."""
    return {
        "name": series.name,
        "label": short(series.name),
        "unit": series.unit,
        "unit_text": show_unit(series.unit),
        "kind": series.kind,
    }


def span_fields(span):
    """A keepsakes.Span."""
    return {
        "start": span.start,
        "end": span.end,
        "online": span.online,
        "reason": span.reason,
        "why": show_reason(span.reason),
    }


def frame_fields(time, data, decoded):
    """A frame with what it says, in one line."""
    return {"time": time, "size": len(data), "format": decoded.kind, "text": _line(data, decoded)}


def show_reason(reason):
    """Why a device went, in words; "" for none."""
    if reason is None:
        return ""
    return _REASONS.get(reason) or short(reason.replace("_", " "))


def _line(data, decoded):
    if decoded.kind == "senml":
        parts = (
            f"{short(reading.name)} {show_value(_content(reading), reading.unit)}"
            for reading in decoded.readings
        )
        return cut(", ".join(itertools.islice(parts, 20)), _MAX_FRAME)
    if decoded.kind == "bytes":
        return cut(data[:_MAX_FRAME].hex(" "), _MAX_FRAME)
    if decoded.kind == "text":
        return short(decoded.value, _MAX_FRAME)
    return short(json.dumps(decoded.value, ensure_ascii=False), _MAX_FRAME)


def _content(reading):
    return reading.total if reading.value is None else reading.value
