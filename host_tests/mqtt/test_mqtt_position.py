"""How far publishing came, in a file."""

import json

import pytest

from uwish_host.errors import Failure
from uwish_host.mqtt.position import Position


def test_the_position_is_kept_for_one_broker(tmp_path):
    path = tmp_path / "mqtt.json"
    position = Position(path, "broker:1883/uwish")
    assert position.published is None and not position.changed()
    position.published = 12345
    assert position.changed()
    position.write()
    assert not position.changed()
    assert Position(path, "broker:1883/uwish").published == 12345
    assert Position(path, "other:1883/uwish").published is None
    path.write_text(json.dumps({"format": "of tomorrow", "published": 5}))
    assert Position(path, "broker:1883/uwish").published is None
    path.write_text("{")
    with pytest.raises(Failure, match="damaged.*remove it"):
        Position(path, "broker:1883/uwish")
