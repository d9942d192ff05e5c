"""Numbers, times and values in few characters, harmless for a terminal."""

from ..names import printable

_UNITS = ((86400 * 365, "y"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def span(seconds):
    """How long: "42s", "5m", "3h 12m", "8d 1h"; the two largest units from an hour on."""
    seconds = max(0, int(seconds))
    for i, (size, unit) in enumerate(_UNITS):
        if seconds >= size:
            count, rest = divmod(seconds, size)
            text = f"{count}{unit}"
            if size >= 3600:
                next_size, next_unit = _UNITS[i + 1]
                if rest >= next_size:
                    text += f" {rest // next_size}{next_unit}"
            return text
    return "0s"


def rate(per_s):
    """Frames a second: "132", "4.2", "0.05", "0"."""
    if per_s >= 99.95:
        return f"{per_s:.0f}"
    if per_s >= 0.995:
        return f"{per_s:.1f}"
    return f"{per_s:.2f}" if per_s >= 0.005 else "0"


def value(reading):
    """A reading's value with its unit."""
    found = reading["value"]
    if isinstance(found, bool):
        text = "true" if found else "false"
    elif isinstance(found, float):
        text = f"{found:.6g}"
    else:
        text = printable(str(found))
    unit = printable(reading["unit"] or "")
    return f"{text} {unit}" if unit else text


def presence(device, now):
    """Since when it is here, or why it is not."""
    if device["since"] is None:
        return "never seen"
    how_long = span(now - device["since"])
    if device["online"]:
        return how_long
    return f"gone {how_long}: {device['reason']}" if device["reason"] else f"gone {how_long}"
