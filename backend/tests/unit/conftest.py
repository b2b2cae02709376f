"""What unit tests share: a clock that they move."""

import pytest

from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()
