"""The alert rules in docs/prometheus against what the gateway really says."""

import contextlib
import json
import re

import yaml
from command_line import ROOT
from device_online import Device
from scraping import Measured, send

RULES = ROOT / "docs" / "prometheus" / "alerts.yml"


def test_alert_rules_ask_for_what_there_is(state):
    with Measured(state, "--mqtt", "mqtt://127.0.0.1:1") as running:
        lamp = Device(running, state)
        with contextlib.closing(lamp.app):
            send(lamp, {0: "temperature", 1: "Cel", 2: 21})
            found = running.until(lamp, received_frames_total=1)
    labels = {}
    for name, *pairs in found:
        labels.setdefault(name, {"instance", "job"}).update(label for label, _ in pairs)
    labels["up"] = {"instance", "job"}
    rules = [
        rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
    ]
    assert len(rules) > 10
    for rule in rules:
        asked = re.findall(r"\b(?:uwish_\w+|up)\b", rule["expr"])
        assert asked and set(asked) <= set(labels), rule
        used = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule)))
        used |= set(re.findall(r"[{,] *(\w+)=", rule["expr"]))
        assert all(used <= labels[name] for name in asked), rule
