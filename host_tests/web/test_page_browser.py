"""The page as people see it: a gateway as a process, a device, and headless Chromium."""

import cbor2
import pytest
from gateway_and_device import Fleet
from page_browser import (
    DESKTOP,
    PHONES,
    complaints,
    make_browser,
    scheme,
    scripts,
    size,
    text_of,
    texts_of,
    until,
)
from selenium.webdriver.common.by import By

EVIL = "<img src=x onerror=alert(1)>"
# The longest that a device's page can say where it does not break words.
LONG_WORDS = """
for (const [selector, text] of [
  [".spans .word", "unknown"], [".spans td.number", "59 min"], [".spans td.why", "fingerprints"],
  [".readings-table .when", "59 min ago"], [".readings-table .value", "-123456.789 °C"],
]) for (const one of document.querySelectorAll(selector)) one.textContent = text;
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = make_browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.quit()


@pytest.fixture
def plain_browser(browser):
    """It without JavaScript."""
    scripts(browser, False)
    yield browser
    scripts(browser, True)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """One for all tests: each leaves its device online."""
    with Fleet(tmp_path_factory.mktemp("fleet") / "state") as running:
        yield running


def celsius(value):
    return cbor2.dumps([{0: "temperature", 1: "Cel", 2: value}])


def drawn(browser):
    """True when something was drawn in the plot's canvas."""
    return browser.execute_script(
        "const c = document.querySelector('.plot canvas'); if (!c) return false;"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "return d.some((value) => value !== 0)"
    )


def too_wide(browser):
    """How many pixels would have to be scrolled sideways."""
    return browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_the_fleet_live_and_through_a_restart(fleet, browser):
    fleet.send(celsius(21.5))
    size(browser, *DESKTOP)
    browser.get(fleet.url)
    assert text_of(browser, ".fleet .name a") == fleet.alias
    until(lambda: "21.5" in text_of(browser, ".fleet .readings"), fleet.turn)
    until(lambda: text_of(browser, "#live .word") == "live", fleet.turn)
    browser.execute_script("window.still = 'the same page'")

    fleet.send(celsius(23.75))
    until(lambda: "23.75 °C" in text_of(browser, ".readings").replace("\xa0", " "), fleet.turn)
    assert text_of(browser, ".fleet .status .word") == "online"

    fleet.leave()
    until(lambda: text_of(browser, ".fleet .status .word") == "offline", fleet.turn)
    assert "connection lost" in text_of(browser, ".fleet .state")

    fleet.gateway.stop()
    until(lambda: "no connection" in text_of(browser, "#live .word"))
    fleet.gateway.start()
    until(lambda: text_of(browser, "#live .word") == "live")
    fleet.come_back()
    until(lambda: text_of(browser, ".fleet .status .word") == "online", fleet.turn)
    fleet.send(celsius(-3))
    until(lambda: "-3" in text_of(browser, ".fleet .readings"), fleet.turn)
    assert browser.execute_script("return window.still") == "the same page"

    # Somebody new needs no reload either.
    fleet.somebody(EVIL)
    until(lambda: EVIL in texts_of(browser, ".fleet .name a"), fleet.turn)
    assert complaints(browser) == []


def test_a_device_with_its_plots_and_what_was(fleet, browser):
    for n in range(3):
        fleet.send(celsius(20 + n))
    fleet.written()
    size(browser, *DESKTOP)
    scheme(browser, "light")
    browser.get(f"{fleet.url}device/{fleet.uid}?range=1h")
    until(lambda: drawn(browser), fleet.turn)
    assert text_of(browser, "#readings [data-field=text]").startswith("22")
    assert "temperature 22" in text_of(browser, "#frames tbody tr")
    assert "online" in text_of(browser, "#presence")
    fleet.send(celsius(40))
    until(lambda: text_of(browser, "#readings [data-field=text]").startswith("40"), fleet.turn)
    until(lambda: "40" in text_of(browser, ".said"), fleet.turn)
    # Frames follow when storage has them.
    until(lambda: "temperature 40" in text_of(browser, "#frames tbody tr"), fleet.turn)
    scheme(browser, "dark")
    until(lambda: drawn(browser))
    fleet.leave()
    until(lambda: text_of(browser, ".who .status .word") == "offline", fleet.turn)
    until(lambda: "offline" in text_of(browser, "#presence tbody tr"), fleet.turn)
    browser.find_element(By.LINK_TEXT, "7 d").click()
    until(lambda: "range=7d" in browser.current_url and drawn(browser))
    assert complaints(browser) == []
    fleet.come_back()


def test_tables_without_javascript(fleet, plain_browser):
    fleet.send(celsius(21.5))
    fleet.written()
    size(plain_browser, *DESKTOP)
    plain_browser.get(fleet.url)
    assert "21.5" in plain_browser.find_element(By.CSS_SELECTOR, ".fleet .on .readings").text
    assert "as of" in plain_browser.find_element(By.ID, "live").text
    plain_browser.find_element(By.LINK_TEXT, fleet.alias).click()
    page = plain_browser.find_element(By.TAG_NAME, "main").text
    for words in ("temperature", "21.5", "online", "Plots need JavaScript", "Last frames"):
        assert words in page
    assert not plain_browser.find_elements(By.CSS_SELECTOR, ".plot canvas")


def test_on_a_phone_nothing_is_wider_than_it(fleet, browser):
    fleet.send(cbor2.dumps([{0: "n" * 80, 1: "Cel", 2: 1.5}, {0: "text", 3: "W" * 200}]))
    fleet.send(b"w" * 300)
    fleet.leave()
    fleet.come_back()
    fleet.written()
    fleet.somebody("M" * 32)
    pages = ("", "?q=nobody", f"device/{'0' * 64}", f"device/{fleet.uid}")
    for allowed in (True, False):
        scripts(browser, allowed)
        for page in pages:
            browser.get(fleet.url + page)
            if allowed and fleet.uid in page:
                until(lambda: drawn(browser), fleet.turn)
            browser.execute_script(LONG_WORDS)
            for phone in PHONES:
                size(browser, *phone)
                assert too_wide(browser) <= 0, (page, phone)
    scripts(browser, True)
    complaints(browser)  # about the page that there is not


def test_nothing_is_asked_of_anybody_else(fleet, browser):
    browser.get(f"{fleet.url}device/{fleet.uid}")
    names = browser.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    assert len(names) >= 6
    assert all(name.startswith(fleet.url) for name in names)
    assert browser.get_cookies() == []


def test_markup_that_came_into_a_page_could_do_nothing(fleet, browser):
    browser.get(fleet.url)
    assert complaints(browser) == []
    browser.execute_script("document.body.insertAdjacentHTML('beforeend', arguments[0])", EVIL)
    until(lambda: any("Content Security Policy" in text for text in complaints(browser)))
