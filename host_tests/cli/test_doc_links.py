"""Links between the project's own pages lead somewhere: to a file, and to a heading in it."""

import re

import pytest
from command_line import ROOT

_LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def pages():
    """All of ours; not those of what is installed beside."""
    found = list(ROOT.glob("*.md"))
    for folder in ("boards", "docs", "firmware", "host_tests", "lib", "tools"):
        found += (ROOT / folder).rglob("*.md")
    return sorted(str(page.relative_to(ROOT)) for page in found)


def anchors(page):
    """What GitHub makes of its headings."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", pages())
def test_links_lead_somewhere(name):
    page = ROOT / name
    for link in _LINK.findall(_CODE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue  # elsewhere: no test may ask there
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
