"""What a person does with reviews, through the REST API."""

from typing import Any

import httpx

from gateway.features.reviews.schemas import ReviewOut
from gateway.features.transactions.schemas import ReviewsOut
from tests.stack import Stack


def step(stack: Stack, transaction_id: str, name: str, **body: Any) -> httpx.Response:
    """A step of a review, whatever becomes of it."""
    return stack.client.post(f"/reviews/{transaction_id}/{name}", json=body)


def done(stack: Stack, transaction_id: str, name: str, **body: Any) -> dict[str, Any]:
    """A step of a review; it must succeed."""
    response = step(stack, transaction_id, name, **body)
    assert response.status_code == 200, response.text
    ReviewOut.model_validate(response.json())
    return dict(response.json())


def all_of(stack: Stack, state: str, *, limit: int = 2) -> list[str]:
    """Every page of one state, by id."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = stack.get(f"/reviews?state={state}&limit={limit}{f'&cursor={cursor}' if cursor else ''}")
        ReviewsOut.model_validate(page)
        found += [record["transaction_id"] for record in page["reviews"]]
        cursor = page["next_cursor"]
    assert len(found) == len(set(found))
    return found
