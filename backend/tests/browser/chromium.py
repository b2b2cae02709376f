"""Debian's Chromium, driven by Playwright: how it is started, and what it must not say."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from local import dashboard
from tests.absent import skip_or_fail

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# without these it looks for hosts of its maker at every start, and root may not have the sandbox
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# what the browser says itself of a request that fails, and of a look for a newer service worker that does
_NETWORK_ERRORS = ("Failed to load resource", "An unknown error occurred when fetching the script")


def needed() -> tuple[str, Path]:
    """
    The browser and the built dashboard, which has to be of the sources that are here: older pages prove nothing.

    Where CI is set, both have to be there.
    """
    binary = next((found for name in _NAMES if (found := shutil.which(name))), None)
    missing = [] if binary else ["a Chromium on PATH (Debian: apt-get install chromium)"]
    if not dashboard.is_current():
        missing.append("the dashboard, built of these sources (./setup.sh, with Node 20.9 or newer)")
    if binary is None or missing:
        skip_or_fail(f"browser tests need {' and '.join(missing)}")
    return binary, dashboard.SOURCE / "out"


@contextmanager
def launched(binary: str) -> Iterator[Browser]:
    """One browser for all tests; each gets a context, which shares nothing with the others."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the browser complained of: errors of scripts, refused by the content security policy, and the like."""

    said: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """From now on."""
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        # a gateway that is killed on purpose makes requests fail, and the browser reports each
        if message.type in ("error", "warning") and not message.text.startswith(_NETWORK_ERRORS):
            self.said.append(f"{message.type}: {message.text}")


def open_page(context: BrowserContext, complaints: Complaints) -> Page:
    """A new tab whose complaints are collected. Waits of the test take at most 10 s: machines have slow moments."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints.listen(page)
    return page
