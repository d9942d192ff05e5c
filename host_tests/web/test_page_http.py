"""What every answer of the page has to be: harmless, cacheable where it may be, refused where it
must be."""

import json
import re
import socket

import cbor2
import pytest
from page_world import EVIL, World, device, uid

from uwish_host.web.assets import FOLDER
from uwish_host.web.guard import Hosts

DEVICE = f"/device/{uid()}"
API = f"/api/device/{uid()}"
PATHS = (
    *("/", "/?q=lamp&show=online&page=1", DEVICE, f"{DEVICE}?range=30d", "/api/fleet", API),
    *(f"{API}/series", f"{API}/points?name=t&unit=Cel", f"{API}/presence?range=7d"),
    *(f"{API}/frames", "/static/style.css"),
)
WRONG = {
    "/?page=0": 400,
    "/?page=x": 400,
    "/?page=9999999": 400,
    "/?show=some": 400,
    f"/?q={'x' * 65}": 400,
    f"{DEVICE}?range=1y": 400,
    f"{DEVICE}?plots=-1": 400,
    f"{API}/points?name=t&range=2h": 400,
    f"{API}/points?name=t&kind=text": 400,
    f"{API}/points": 400,
    f"{API}/points?name={'x' * 257}": 400,
    f"{API}/presence?range=": 400,
    "/api/fleet?page=1.5": 400,
    f"/device/{uid(9)}": 404,
    f"/device/{uid().upper()}": 404,
    "/device/": 404,
    "/device/nonsense": 404,
    f"/api/device/{uid(9)}/points?name=t": 404,
    f"/api/device/{uid(9)}/events": 404,
    "/api/fleet/more": 404,
    "/static/../server.py": 404,
    "/static/%2e%2e/server.py": 404,
    "/static/": 404,
    "/favicon.ico": 404,
}


@pytest.fixture(scope="module")
def lamp(tmp_path_factory):
    """A world with one device that has sent something; nothing changes it."""
    world = World(tmp_path_factory.mktemp("lamp"))
    world.came(device())
    world.sent(device(), cbor2.dumps([{0: "t", 1: "Cel", 2: 21.5}]))
    world.stored(1)
    yield world
    world.close()


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_locked_down(lamp, path):
    answer = lamp.ask(path)
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Server"] == "uwish"
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_headers_and_nothing_else(lamp, path):
    answer = lamp.ask(path, "HEAD")
    assert answer.status == 200
    assert answer.body == b""
    assert answer.headers["Content-Type"] == lamp.ask(path).headers["Content-Type"]


@pytest.mark.parametrize("path", ["/", "/api/fleet", f"{API}/events"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_there_is_nothing_but_reading(lamp, path, method):
    answer = lamp.ask(path, method)
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", WRONG)
def test_what_makes_no_sense_is_refused_in_words(lamp, path):
    answer = lamp.ask(path)
    assert answer.status == WRONG[path]
    assert "Content-Security-Policy" in answer.headers
    if path.startswith("/api/"):
        assert answer.json["error"].endswith(".")
    else:
        assert f"<h1>{WRONG[path]}</h1>" in answer.text


def test_a_device_cannot_put_markup_into_a_page(world):
    evil = device(alias=EVIL, protocol="<i>", name=b"<b>name")
    pack = [{0: EVIL, 1: "<u>", 2: 1.5}, {0: f"{EVIL}2", 3: f"{EVIL}\u202e\x00"}]
    world.came(evil)
    for n in range(3):
        world.sent(evil, cbor2.dumps(pack), at=world.now - 9 + n)
    world.sent(evil, EVIL.encode(), at=world.now - 1)
    world.went(evil, reason="<s>gone")
    world.stored(4)
    for path in ("/", DEVICE, "/?q=%3Cscript%3E"):
        page = world.ask(path).text
        assert "&lt;script&gt;alert(" in page
        for tag in ("<script>", "<i>", "<u>", "<s>", "<b>", "\u202e", "\x00"):
            assert tag not in page
    assert "\\u202e" in world.ask(DEVICE).text
    for path in ("/api/fleet", API, f"{API}/frames", f"{API}/series"):
        answer = world.ask(path)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert EVIL in json.dumps(answer.json).replace('\\"', '"')


def test_no_page_has_a_script_or_style_of_its_own_or_of_others(lamp):
    for path in ("/", DEVICE, "/nowhere"):
        page = lamp.ask(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page)
        assert not re.search(r"(?:src|href|action|data-events)=\"(?:[a-z]+:|/)", page)


def test_without_the_chart_library_the_page_says_what_to_run(world):
    world.came(device())
    world.sent(device(), cbor2.dumps([{0: "t", 1: "Cel", 2: 21.5}]))
    world.stored(1)
    assert "uPlot.iife.min.js" in world.ask(DEVICE).text
    for name in [name for name in world.site.assets._files if name.startswith("uplot/")]:
        del world.site.assets._files[name]
    page = world.ask(DEVICE).text
    assert "run <code>make setup</code>" in page
    assert "uPlot.iife.min.js" not in page
    assert "21.5" in page


def test_static_files_are_kept_for_good_by_their_content(lamp):
    page = lamp.ask("/").text
    paths = re.findall(r"(?:src|href)=\"(static/[^\"]+)\"", page)
    assert len(paths) >= 4
    for path in paths:
        answer = lamp.ask(f"/{path}")
        assert "immutable" in answer.headers["Cache-Control"]
        again = lamp.ask(f"/{path}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
    changed = lamp.ask("/static/style.css?v=of-yesterday")
    assert changed.headers["Cache-Control"] == "no-cache"
    assert changed.body == (FOLDER / "style.css").read_bytes()
    packed = lamp.ask("/static/style.css", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(changed.body)
    assert lamp.ask("/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "gateway.local", "192.0.2.1"])
def test_on_loopback_no_other_name_is_answered(lamp, host):
    for path in ("/", "/api/fleet", "/api/fleet/events", "/static/live.js"):
        answer = lamp.ask(path, host=host)
        assert answer.status == 403
        assert "lamp" not in answer.text


def test_names_the_user_gave_are_answered(make_world):
    world = make_world(names=["Fleet.Example"])
    assert world.ask("/", host="fleet.example").status == 200
    assert world.ask("/", host="other.example").status == 403


@pytest.mark.parametrize(
    ("host", "on_loopback", "elsewhere"),
    [
        ("localhost", True, True),
        ("LOCALHOST.:8080", True, True),
        ("127.0.0.1:1", True, True),
        ("[::1]:8080", True, True),
        ("[::1]", True, True),
        ("192.0.2.7:8080", False, True),
        ("[2001:db8::1]:80", False, True),
        ("uwish-01234567.local", False, True),
        (socket.gethostname(), socket.gethostname() == "localhost", True),
        ("gateway.evil.example", False, False),
        ("localhost.evil.example", False, False),
        ("127.0.0.1.evil.example", False, False),
        ("local", False, False),
        ("", False, False),
        (None, False, False),
    ],
)
def test_which_names_are_ours(host, on_loopback, elsewhere):
    assert Hosts("127.0.0.1").knows(host) == on_loopback
    assert Hosts("::1").knows(host) == on_loopback
    assert Hosts("0.0.0.0").knows(host) == elsewhere
    assert Hosts("192.0.2.7").knows(host) == elsewhere


def test_an_error_of_ours_is_told_to_the_user_and_not_to_the_visitor(lamp, monkeypatch):
    def fail():
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(lamp.fleet, "rows", fail)
    answer = lamp.ask("/")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert lamp.warnings == ["page: ZeroDivisionError: secret"]
