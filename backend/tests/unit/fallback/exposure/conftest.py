"""What tests of exposure share: a gateway's setting, whose exposures are closed afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.spending import Setting


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[Setting]:
    """A ledger that is there, a brain that is not, one of two gateways."""
    found = Setting(tmp_path)
    yield found
    for exposure in found.running:
        await exposure.close()
