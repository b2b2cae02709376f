"""Errors of the REST API, which have one form."""

import httpx

from gateway.api.replies import Problem


def problem_of(response: httpx.Response) -> Problem:
    """An error in the one form."""
    assert response.headers["content-type"] == "application/problem+json"
    return Problem.model_validate(response.json())
