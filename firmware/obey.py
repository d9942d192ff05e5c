"""Doing what a SenML pack says. Loaded for that only, by commands.py."""

from senml_reader import NUMBER, Reader


def obey(commands, pack):
    """Make the settings of `commands` that `pack` names; how many."""
    reader = Reader()
    if not reader.open(pack):
        commands.report("", "not a sound SenML pack in CBOR")
        return 0
    made = 0
    strange = False
    while reader.next():
        setting = _find(commands, reader)
        if setting is None:
            if not strange:
                # Once: a pack can have a thousand records, and a console is slow.
                commands.report("", "no setting of that name")
            strange = True
            continue
        refusal = _fault(setting, reader) or setting.apply(reader.number)
        commands.report(setting.name, refusal or reader.number)
        if not refusal:
            made += 1
    return made


def _find(commands, reader):
    for setting in commands.settings:
        if reader.named(setting.key) or reader.named(commands.base_name + setting.key):
            return setting
    return None


def _fault(setting, reader):
    if reader.kind != NUMBER:
        return "not a number"
    if not reader.measured_in(setting.unit) and not reader.measured_in(b""):
        return "not in " + setting.unit.decode()
    if not setting.low <= reader.number <= setting.high:
        return "not within %s..%s" % (setting.low, setting.high)
    return None
