"""What moves on a page without being asked to, by the browser's own measure."""

from playwright.sync_api import Page

SHIFT_MAX = 0.05  # half of what is called good
WATCH_SHIFTS = """
window.shifts = 0;
window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shifts += entry.value;
    const name = ({ node }) => node && `${node.nodeName} ${(node.textContent ?? '').slice(0, 40)}`;
    window.shifted.push([Math.round(entry.startTime), entry.value, ...entry.sources.map(name)]);
  }
}).observe({ type: 'layout-shift', buffered: true });
"""


def shifts_of(page: Page) -> float:
    """The sum since the first paint: 1 is as if all of the page had moved by its whole height."""
    return float(page.evaluate("window.shifts"))
