"""The fleet as a part of a running gateway (see serve)."""

import contextlib

from .model import Fleet


@contextlib.asynccontextmanager
async def fleet_part(running):
    """Makes `running.fleet`; parts after this one can count on it."""
    gateway = running.gateway
    running.fleet = Fleet(lambda: gateway.contacts, gateway.identity.uid)
    running.bus.add(running.fleet)
    yield running.fleet
