"""Who may see the pages: a key opens them, nobody is asked who they are, and an admin makes keys with the keyboard."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.access.keys import new_key
from local.ports import pick_free_port
from tests.browser.chromium import needed
from tests.browser.inspecting import Inspector
from tests.processes import GatewayProcess
from tests.stack import wait_until

OpenTab = Callable[..., Page]
ADMIN, VIEWER = new_key()[1], new_key()[1]
PASSWORD = "correct staple on a horse"  # noqa: S105
_READS = "records:read,ops:read,lists:read,rules:read,alerts:read"


@pytest.fixture(scope="module")
def asking(mongod_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway that asks everybody who they are. No brain is there: none is looked at."""
    _, build = needed()
    directory = tmp_path_factory.mktemp("asking")
    keys = directory / "keys"
    keys.touch(0o600)
    keys.write_text(f"{ADMIN} admin\n{VIEWER} {_READS}\n")
    environment = {
        "GATEWAY_AUTH": "required",
        "GATEWAY_KEY_FILE": str(keys),
        "GATEWAY_LEDGER_DATABASE": "asking_ledger",
        "GATEWAY_DASHBOARD_DIR": str(build),
        "GATEWAY_FAULT_CONTROL": "true",
    }
    with GatewayProcess(directory, mongodb_url=mongod_url, brain_port=pick_free_port(), environment=environment) as one:
        yield one


@pytest.fixture
def open_page(asking: GatewayProcess, open_tab: OpenTab) -> Callable[..., Page]:
    """Opens a page of that gateway: `open_page("/dashboard/", ADMIN)`, or as nobody."""

    class _Asking:
        gateway = asking

    def open_one(path: str, key: str | None = None, **options: object) -> Page:
        headers = {} if key is None else _bearing(key)
        return open_tab(_Asking, path, extra_http_headers=headers, **options)

    return open_one


def _bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _status_of(asking: GatewayProcess, key: str) -> int:
    return httpx.get(f"{asking.url}/me", headers=_bearing(key), trust_env=False).status_code


def _tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there: what the keyboard does not reach in 80 steps is not there for it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never came to {target}")


def test_nobody_sees_anything_and_nothing_looks_like_an_outage(
    open_page: Callable[..., Page], inspect: Inspector
) -> None:
    """The form stands where the page would; the address stays. The same on a narrow screen."""
    page = open_page("/dashboard/transactions/?user_id=u", width=320)

    expect(page.get_by_role("textbox", name="Email")).to_be_visible()
    expect(page.get_by_text("Nobody is signed in", exact=True)).to_be_visible()
    expect(page.get_by_text("Signed out", exact=True)).to_be_visible()
    expect(page.get_by_text("Cannot reach the gateway.")).to_have_count(0)
    expect(page.get_by_role("heading", name="Transactions")).to_have_count(0)
    assert page.url.endswith("/dashboard/transactions/?user_id=u")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    inspect(page, "sign-in")


def test_an_admin_makes_and_revokes_a_key_with_the_keyboard(
    asking: GatewayProcess, open_page: Callable[..., Page], inspect: Inspector
) -> None:
    """It is shown once, works, and stops to work; each step by Tab, Space and Enter."""
    page = open_page("/dashboard/access/", ADMIN)
    _tab_to(page, page.get_by_role("textbox", name="Client"))
    page.keyboard.type("checkout")
    _tab_to(page, page.get_by_role("checkbox", name="score:write"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    shown = page.get_by_role("dialog", name="The key of checkout").get_by_label("The key")
    expect(shown).to_be_focused()
    key = shown.inner_text()
    inspect(page, "access-new-key")
    assert _status_of(asking, key) == 200
    page.keyboard.press("Escape")
    expect(page.get_by_text(key)).to_have_count(0)

    revoke = page.get_by_role("button", name="Revoke checkout")
    expect(revoke).to_be_visible()
    inspect(page, "access")
    page.get_by_role("heading", level=1).click()  # what had the focus has done its work
    _tab_to(page, revoke)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Leave it")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("cell", name="Revoked", exact=True)).to_be_visible()
    wait_until(lambda: _status_of(asking, key) == 401, within_s=10)


def test_who_may_only_look_is_told_so(open_page: Callable[..., Page], inspect: Inspector) -> None:
    """What is disabled says why, and an address typed by hand leads to a sentence."""
    page = open_page("/dashboard/reviews/", VIEWER)
    expect(page.get_by_text("Deciding reviews needs the scope reviews:write")).to_be_visible()
    expect(page.get_by_role("link", name="Access", exact=True)).to_have_count(0)

    page.goto("/dashboard/chaos/")
    expect(page.get_by_text("Switching faults needs the scope faults:write")).to_be_visible()
    for button in page.get_by_role("main").get_by_role("button").all():
        expect(button).to_be_disabled()
    inspect(page, "chaos-viewer")
    page.goto("/dashboard/access/")
    expect(page.get_by_text("This page needs the scope admin")).to_be_visible()


def test_what_was_typed_outlives_the_end_of_a_session(open_page: Callable[..., Page], inspect: Inspector) -> None:
    """A window over the page asks; once somebody is known again it goes by itself."""
    page = open_page("/dashboard/access/", ADMIN)
    client = page.get_by_role("textbox", name="Client")
    client.fill("half a word")

    page.context.set_extra_http_headers({})
    dialog = page.get_by_role("dialog", name="Your session is over")
    expect(dialog.get_by_role("textbox", name="Email")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Cannot reach the gateway.")).to_have_count(0)
    inspect(page, "session-over")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()

    page.context.set_extra_http_headers(_bearing(ADMIN))
    expect(dialog).to_have_count(0)
    expect(client).to_have_value("half a word")


def test_people_are_invited_join_and_sign_in_with_the_keyboard(
    asking: GatewayProcess, open_page: Callable[..., Page], inspect: Inspector
) -> None:
    """On the real gateway: a wrong password says so and leaves the email; whoever is removed is out."""
    headers = _bearing(ADMIN)
    with httpx.Client(base_url=asking.url, headers=headers, trust_env=False) as admin:
        invited = admin.post("/people/invitations", json={"email": "ada@example.com", "roles": ["analyst"]}).json()
        page = open_page(f"/dashboard/join/#{invited['link'].partition('#')[2]}")
        inspect(page, "join")
        _tab_to(page, page.get_by_role("textbox", name="Your name"))
        page.keyboard.type("Ada")
        for field in page.locator("input[type=password]").all():
            _tab_to(page, field)
            page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Welcome, Ada")).to_be_visible()
        inspect(page, "joined")

        page.goto("/dashboard/")
        expect(page.get_by_role("link", name="Ada")).to_be_visible()
        _tab_to(page, page.get_by_role("button", name="Sign out"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Email")).to_be_visible()
        assert page.context.cookies() == []

        for password in ("wrong wrong wrong", PASSWORD):
            _tab_to(page, page.get_by_role("textbox", name="Email"))
            page.keyboard.press("Control+A")
            page.keyboard.type("Ada@Example.com")
            page.keyboard.press("Tab")
            page.keyboard.type(password)
            page.keyboard.press("Enter")
            if password != PASSWORD:
                expect(page.get_by_role("alert").filter(has_text="password")).to_be_visible()
                inspect(page, "sign-in-failed")
        expect(page.get_by_role("link", name="Ada")).to_be_visible()
        assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in page.context.cookies()] == [(True, "Strict")]

        (person,) = admin.get("/people").json()["people"]
        assert admin.delete(f"/people/{person['id']}").json()["removed"] is True
        expect(page.get_by_text("Nobody is signed in", exact=True)).to_be_visible()
