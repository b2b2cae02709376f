"""Errors of the REST API, which have one form."""

import httpx

from gateway.api.reply import Problem


def problem_of(response: httpx.Response) -> Problem:
    """The error that was answered; the reply must be one."""
    assert response.headers["content-type"] == "application/problem+json"
    return Problem.model_validate(response.json())
