"""A session's next token goes out with whatever is answered."""

from starlette.types import Message

from gateway.api.guard import _with_cookie


async def test_the_cookie_of_a_session_that_a_route_begins_comes_last_so_that_browsers_keep_it() -> None:
    """Who changes the password gets a new session, also when the next token of the old one is due."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    begun = (b"set-cookie", b"sentinel_session=of the new session")
    send_with_cookie = _with_cookie("sentinel_session=of the old one", send)
    await send_with_cookie({"type": "http.response.start", "status": 200, "headers": [begun]})
    assert sent[0]["headers"] == [(b"set-cookie", b"sentinel_session=of the old one"), begun]
