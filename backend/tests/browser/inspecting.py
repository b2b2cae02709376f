"""A look at the page in the state that a test has brought about: what a machine finds wrong, and a picture."""

from pathlib import Path

from playwright.sync_api import Page

from local.commands import ROOT
from tests.browser.accessibility import Axe, Scheme

SCHEMES: tuple[Scheme, ...] = ("light", "dark")


class Inspector:
    """
    Asserts that axe finds nothing wrong, in light and dark.

    Args:
        pictures: Folder for a picture of each state, below the checkout or absolute; None: none are taken. Those in
            docs/screenshots are made so.
    """

    def __init__(self, pictures: str | None) -> None:
        self._axe = Axe()
        self._pictures = ROOT / pictures if pictures else None

    @property
    def takes_pictures(self) -> bool:
        """Whether it is worth waiting for what only a picture shows."""
        return self._pictures is not None

    def __call__(self, page: Page, state: str, *, picture: bool = True) -> None:
        """
        Look once.

        Args:
            state: names it, and the pictures `state-light.png` and `state-dark.png`.
            picture: whether they are taken.
        """
        if picture and self._pictures is not None:
            self._pictures.mkdir(parents=True, exist_ok=True)
            for scheme in SCHEMES:  # both of one moment: a look for faults takes seconds, in which the page moves on
                page.emulate_media(color_scheme=scheme)
                path = Path(self._pictures, f"{state}-{scheme}.png")
                page.screenshot(path=path, animations="disabled")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = self._axe.violations(page)
            assert not found, f"{state}, {scheme}: {found}"
        page.emulate_media(color_scheme="light")
