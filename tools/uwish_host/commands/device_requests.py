"""`uwish device requests`, `approve` and `decline`: who asks to be let in, and what he is told."""

import json
import sys
import time

import click

from uwish.documents import check_alias

from ..admission import admit, tell_gateway
from ..contacts_file import Contact
from ..errors import Failure
from ..names import fingerprint, printable
from ..ops import requests_file
from .options import json_option, state_option

_NEEDS = "; requests are taken while `uwish gateway` runs with --friend-requests"
_HERE = "it has been told"
_GONE = "it is not connected now and is told when it asks again; until then it does not know us"


@click.command()
@state_option
@json_option("the list")
def requests(state, as_json):
    """Show who asks to be let in (`uwish gateway --friend-requests`).

    The names are what the others call themselves. The fingerprint is the uid: compare it with what
    the other side shows as its own before you approve.
    """
    state.identity()
    found = list(requests_file.load(state).values())
    waiting = (tell_gateway(state, op="waiting") or {}).get("waiting", ())
    if as_json:
        rows = [{**r.fields(), "waiting": r.uid.hex() in waiting} for r in found]
        click.echo(json.dumps(rows))
        return
    if not found:
        click.echo(f"nobody asks to be let in{_NEEDS}", err=True)
    for request in found:
        click.echo(_describe(request, request.uid.hex() in waiting))


@click.command()
@state_option
@click.argument("which", metavar="REQUEST")
@click.option("--alias", help="What to call it here, instead of by its own name.")
@click.option("--yes", is_flag=True, help="Do not ask: the fingerprint was compared.")
@json_option("the device")
def approve(state, which, alias, yes, as_json):
    """Let in who asks: REQUEST is its name, or the first 6 or more digits of its uid.

    It shows the fingerprint and asks you.
    """
    request = requests_file.find(requests_file.load(state), which)
    if not yes:
        click.echo(_describe(request), err=True)
        if not sys.stdin.isatty():
            raise Failure("nobody to compare the fingerprint: give --yes when you have done so")
        click.confirm(
            "Does the other side show this fingerprint as its own? Let it in",
            abort=True,
            err=True,
        )
    asked = request.contact
    alias = asked.alias if alias is None else alias
    try:
        check_alias(alias)
    except ValueError as error:
        raise Failure(str(error)) from None
    contact = Contact(asked.public, alias, asked.transports)
    done = admit(state, contact)
    _finish(state, request, True, done, contact, as_json)


@click.command()
@state_option
@click.argument("which", metavar="REQUEST")
@json_option("the request")
def decline(state, which, as_json):
    """Turn down who asks: REQUEST is its name, or the first digits of its uid.

    For a day it is turned down again without asking you, and can still be approved.
    """
    request = requests_file.find(requests_file.load(state), which)
    _finish(state, request, False, "declined", request.contact, as_json)


def _finish(state, request, accept, done, contact, as_json):
    """Take the request off the list, tell the other side, and the user."""
    with requests_file.changing(state) as found:
        if accept:
            found.pop(request.uid, None)
        elif request.uid in found:
            found[request.uid].declined = True
            found[request.uid].time = int(time.time())
    answer = tell_gateway(state, op="answer", uid=request.uid.hex(), accept=accept)
    told = answer is not None and answer["answered"]
    if as_json:
        click.echo(json.dumps({"result": done, "told": told, **contact.fields()}))
    else:
        end = _HERE if told else _GONE if accept else "it is not connected now"
        click.echo(f"{done}: {printable(contact.alias)} {contact.uid.hex()}: {end}")


def _describe(request, waiting=False):
    first, second = fingerprint(request.uid)
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(request.time))
    state = "declined" if request.declined else "waits for an answer" if waiting else "asked"
    return (
        f"{printable(request.alias)}  {state}\n"
        f"  fingerprint  {first}\n"
        f"               {second}\n"
        f"  from         {printable(request.address)}, {when}"
    )
