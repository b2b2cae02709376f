"""What the chaos test says of a gateway that asks for a key, before it sends a thousand payments in vain."""

import httpx
import pytest

from chaos.main import NotLetIn, look


@pytest.mark.parametrize(("status", "is_let_in"), [(200, True), (503, True), (401, False), (403, False)])
async def test_a_gateway_that_lets_nobody_in_is_found_at_once(status: int, is_let_in: bool) -> None:
    """Also behind a proxy whose refusal is no JSON; a gateway in trouble is what the test is for."""
    transport = httpx.MockTransport(lambda request: httpx.Response(status, text="<html>"))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        if is_let_in:
            await look(client)
            return
        with pytest.raises(NotLetIn):
            await look(client)
