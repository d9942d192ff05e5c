"""MQTT as a part of a running gateway (see serve), and the options of the command for it."""

import asyncio
import contextlib

import click

from ..errors import Failure
from ..option_group import option_group
from . import address as addresses
from .backlog import DEFAULT_LIMIT, DEFAULT_MEMORY, Backlog
from .discovery import Discovery
from .history import History, HistoryError, Numbers
from .messages import Message, Messages
from .orders import Orders
from .outage import Outage
from .position import Position
from .refusals import Refusals
from .roster import OFFLINE, Roster
from .topics import Topics

_WINDOW = 10  # what every broker known to us takes; HiveMQ takes no more unless it is told to
_SAVE_S = 5.0  # how often the position is kept: a crash repeats what was published since
_CLOSING_S = 6.0  # for the broker to take what is left; then it is left alone
_OFF = "off"

mqtt_options = option_group(
    click.option("--mqtt", metavar="URL", help="Publish at mqtt[s]://HOST[:PORT][/PREFIX]."),
    click.option(
        "--mqtt-user",
        metavar="NAME",
        help=f"Our user there; the password in the environment, {addresses.PASSWORD_VARIABLE}.",
    ),
    click.option(
        "--mqtt-password-file",
        metavar="FILE",
        help="Take the password from FILE, which nobody else can read.",
    ),
    click.option(
        "--mqtt-ca",
        metavar="FILE",
        help="Trust the authorities in FILE (PEM), instead of the system's.",
    ),
    click.option(
        "--mqtt-discovery",
        metavar="PREFIX|off",
        default="homeassistant",
        show_default=True,
        help="Where Home Assistant looks for new devices.",
    ),
    click.option(
        "--mqtt-expire",
        type=click.IntRange(1),
        metavar="SECONDS",
        help="Home Assistant shows a reading as unavailable that is older (default: never).",
    ),
    click.option(
        "--mqtt-availability",
        type=click.Choice(("device", "gateway")),
        default="device",
        show_default=True,
        help="What must be online for a reading to be available; gateway: for devices that sleep.",
    ),
    click.option(
        "--mqtt-backlog",
        type=click.IntRange(1, 100_000_000),
        metavar="FRAMES",
        help="While the broker is away so many wait, then the oldest are left out"
        f" (default: {DEFAULT_LIMIT}, without storage {DEFAULT_MEMORY}).",
    ),
    click.option(
        "--mqtt-window",
        type=click.IntRange(1, 1000),
        default=_WINDOW,
        show_default=True,
        help="Messages on their way at once: more is faster where the broker is far away.",
    ),
)


def publishing(
    stored,
    mqtt,
    mqtt_user=None,
    mqtt_password_file=None,
    mqtt_ca=None,
    mqtt_discovery=_OFF,
    mqtt_expire=None,
    mqtt_availability="device",
    mqtt_backlog=None,
    mqtt_window=_WINDOW,
):
    """The parts that these options ask for: one, or none. `stored`: storage keeps every frame."""
    if mqtt is None:
        return []
    address = addresses.parse_broker(mqtt)
    password = addresses.read_password(mqtt_user, mqtt_password_file)
    tls = addresses.tls_context(address, mqtt_ca)
    prefix = None if mqtt_discovery == _OFF else mqtt_discovery.strip("/")
    if prefix is not None:
        addresses.check_prefix(prefix)
    limit = mqtt_backlog or (DEFAULT_LIMIT if stored else DEFAULT_MEMORY)

    @contextlib.asynccontextmanager
    async def part(running):
        from .line import Access, Line  # they take long to load, and most gateways need them not
        from .sink import MqttSink

        gateway, warn = running.gateway, running.warn
        identity = gateway.identity
        topics = Topics(address.prefix, identity.hid, prefix)
        discovery = None
        if prefix is not None:
            discovery = Discovery(topics, mqtt_expire, mqtt_availability == "device")
        async with contextlib.AsyncExitStack() as cleanup:
            backlog, position = await _backlog(running.state, address, stored, limit, cleanup)
            messages = Messages(topics, discovery, warn)
            roster = Roster(topics, identity, lambda: gateway.contacts, messages)
            orders = Orders(topics, gateway, roster.is_ours, warn)
            outage = Outage(address, running.bus, backlog)
            refusals = Refusals(address, topics, warn)
            sink = MqttSink(
                gateway, topics, roster, messages, backlog, orders, outage, refusals, mqtt_window
            )
            will = Message(topics.gateway_presence, OFFLINE)
            name = f"uwish-{identity.hid[1:9].hex()}"  # 22 characters; all take 23 (3.1.1, 3.1.3.1)
            access = Access(address, mqtt_user, password, tls, name, will, mqtt_window, refusals)
            line = Line(access, outage, sink.converse, sink.stop)
            if password is not None and not address.is_safe():
                warn(f"MQTT: the password goes to {address} in clear: use mqtts://")
            tasks = [running.loop.create_task(line.run())]
            tasks.append(running.loop.create_task(_keep(position, backlog, outage, warn)))
            running.bus.add(sink)
            try:
                yield sink
            finally:
                sink.close()
                await asyncio.wait(tasks[:1], timeout=_CLOSING_S)
                running.bus.remove(sink)
                await _end(tasks)
                await _save(position, backlog, warn)
                outage.count(ending=True)
                if not stored and len(backlog):
                    warn(f"MQTT: {len(backlog)} frames were not published, and are not stored")

    return [part]


async def _backlog(state, address, stored, limit, cleanup):
    """The Backlog, and the Position it begins at, or None without storage."""
    if not stored:
        return Backlog(limit, Numbers()), None
    position = Position(state.directory / "mqtt.json", f"{address}/{address.prefix}")
    history = History(state.readings_path)
    cleanup.push_async_callback(history.close)
    try:
        last = await history.last()
        published = last if position.published is None else min(position.published, last)
        waiting = await history.count(published)
        # At once: what comes from now on counts, however soon this gateway is killed.
        position.published = published
        await asyncio.to_thread(position.write)
    except HistoryError as error:
        raise Failure(f"MQTT: {error}") from None
    except OSError as error:
        raise Failure(f"MQTT: cannot write in {state.directory}: {error.strerror}") from None
    return Backlog(limit, Numbers(last), history, published, waiting), position


async def _keep(position, backlog, outage, warn):
    """Keep the position, and tell of losses, every now and then."""
    while True:
        await asyncio.sleep(_SAVE_S)
        outage.count()
        await _save(position, backlog, warn)


async def _save(position, backlog, warn):
    if position is None:
        return
    position.published = backlog.published
    if position.changed():
        try:
            await asyncio.to_thread(position.write)
        except OSError as error:
            warn(f"MQTT: cannot keep how far publishing came: {error.strerror}")


async def _end(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
