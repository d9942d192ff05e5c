"""What happens at the gateway, at an MQTT broker, and back: see docs/GATEWAY.md, "MQTT".

address   what the user says of the broker          topics     the names of all topics
backlog   frames in order until they are published  position   how far it came, over restarts
messages  what is published of a frame              discovery  the same for Home Assistant
roster    devices: presence, and who is gone        orders     frames to devices, and answers
line      one connection after the other            pump       what goes out on one of them
part      all of it as a part of a gateway, with the options of the command
"""

from .part import mqtt_options, publishing

__all__ = ("mqtt_options", "publishing")
