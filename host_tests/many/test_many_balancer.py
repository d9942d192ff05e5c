"""Devices that know one address, HAProxy's, with three gateways behind it."""

from test_many_kill import whereabouts


def test_a_gateway_behind_a_balancer_is_killed(site, crowd, balance, ear):
    members = site.start(3)
    haproxy = balance(*(member.address for member in members))
    board = crowd.add_board([haproxy.transport])
    crowd.add(*[[haproxy.transport]] * 6)
    crowd.until(crowd.all_online, "everybody")
    crowd.until(lambda: whereabouts(ear, board), "the board")
    assert len(set(crowd.hosts())) == 3
    crowd.say_more()
    # That of the board, so that one of each kind has to move.
    victim = next(member for member in members if member.hid == whereabouts(ear, board))
    others = {member.hid for member in members if member is not victim}
    victim.kill()
    crowd.until(lambda: set(crowd.hosts()) <= others, "everybody on the others")
    crowd.until(lambda: whereabouts(ear, board) in others, "the board on another")
    # A gateway more, for who comes next; nobody who is online is moved.
    victim.start()
    name = ("one", "two", "three")[members.index(victim)]
    crowd.until(lambda: f"gateways/{name} is UP" in haproxy.log(), "it to be known again")
    before = crowd.hosts()
    crowd.say_more()
    assert crowd.hosts() == before
    stopped = next(member for member in members if member is not victim)
    stopped.stop()
    crowd.until(lambda: crowd.all_online() and stopped.hid not in crowd.hosts(), "everybody")
    assert victim.hid in crowd.hosts()


def test_no_gateway_is_left_for_a_while(site, crowd, balance):
    """A balancer that hangs up must not look like a gateway that knows nobody."""
    (member,) = site.start(1)
    haproxy = balance(member.address)
    (device,) = crowd.add([haproxy.transport])
    crowd.until(crowd.all_online, "the device")
    member.kill()
    tried = sum(device.app.stats.closed)
    crowd.until(lambda: sum(device.app.stats.closed) >= tried + 3, "some attempts")
    member.start()
    crowd.until(crowd.all_online, "the device")
    assert [event["event"] for event in member.events("refused")] == []
