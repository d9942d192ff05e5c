"""State directories, and devices to fill them with."""

from state_fixtures import device, document, gateway, state

__all__ = ("device", "document", "gateway", "state")
