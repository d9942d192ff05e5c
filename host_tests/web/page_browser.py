"""Headless Chromium, as Debian packages it: nothing is downloaded, nothing is kept."""

import shutil
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

GIVE_UP_S = 60
DESKTOP = (1280, 900)
PHONES = ((320, 640), (360, 740), (390, 844))


def make_browser(profile):
    """A webdriver.Chrome with its profile in the folder `profile`."""
    options = webdriver.ChromeOptions()
    options.binary_location = _command("chromium")
    for argument in (
        "--headless=new",
        "--no-sandbox",  # a sandbox within the namespace of the tests is not to be had
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-proxy-server",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, Service(executable_path=_command("chromedriver")))


def size(browser, width, height):
    """Make the page this large, which no window of a desktop could be."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def scripts(browser, allowed):
    """Let the pages that are loaded from now on run scripts, or not; ours run always."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})


def scheme(browser, name):
    """Let the user like "light" or "dark"."""
    features = [{"name": "prefers-color-scheme", "value": name}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def text_of(browser, selector):
    """The text of the first element that the CSS selector finds; "" when there is none."""
    return browser.execute_script(
        "return document.querySelector(arguments[0])?.textContent ?? ''", selector
    )


def texts_of(browser, selector):
    """The same of all of them."""
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
        selector,
    )


def complaints(browser):
    """The errors on the console since it was last asked, but for a gateway that is away."""
    return [
        entry["message"]
        for entry in browser.get_log("browser")
        if entry["level"] == "SEVERE" and "net::ERR_" not in entry["message"]
    ]


def until(condition, turn=lambda: None):
    """The first true value of `condition()`, while `turn()` lets devices live."""
    deadline = time.monotonic() + GIVE_UP_S
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "waited in vain"
        turn()
        time.sleep(0.02)


def _command(name):
    found = shutil.which(name)
    assert found, f"{name} is not here: apt-get install chromium chromium-driver"
    return found
