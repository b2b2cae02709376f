"""axe-core, run inside the page: WCAG 2.0 to 2.2, levels A and AA, and best practice."""

from typing import Any, Literal

from playwright.sync_api import Page

from local.commands import ROOT

_SCRIPT = ROOT / "frontend" / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = """
async (tags) => {
  const runOnly = { type: 'tag', values: tags };
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
  const where = ({ target, failureSummary }) => [target, failureSummary];
  return violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(where) }));
}
"""
Scheme = Literal["light", "dark"]


class Axe:
    """Finds what a machine can find; whether names make sense, tests say themselves."""

    def __init__(self) -> None:
        self._script = _SCRIPT.read_text()

    def violations(self, page: Page) -> list[dict[str, Any]]:
        """What is wrong with the page as it is now."""
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(self._script)  # by the debugger: the page's own policy would refuse a script element
        found: list[dict[str, Any]] = page.evaluate(_RUN, _TAGS)
        return found
