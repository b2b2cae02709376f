"""What a gateway that is gone has told the ledger of a model's scores, so that a test need not wait for an hour."""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from gateway.domain import Limits
from gateway.features.budgets.store import BudgetStore, Shared
from gateway.kit.clock import now
from gateway.ledger.client import open_database
from gateway.settings import Settings
from gateway.verdict.budgets.target import Start
from gateway.verdict.budgets.window import NEWEST_SLOTS, slot_of, to_bin, to_log_odds

HIGH = 0.6  # above all but two in a hundred of these scores: where the review threshold stands
_SLOTS = 48  # eight hours
DAY_S = 86_400.0


async def share_scores(mongodb_url: str, databases: Mapping[str, str], model: Mapping[str, Any]) -> None:
    """Share 4,800 payments, the newest more than an hour old. Args: model: one of `budgets.models` of GET /stats."""
    limits = Limits(model["review"]["own"], model["block"]["own"], model["may_block"], model["own_labels"])
    newest = slot_of(now().timestamp()) - NEWEST_SLOTS - 1
    counts = {to_bin(0.01): 96, to_bin(HIGH): 4}
    start = Start(to_log_odds(HIGH), now().timestamp() - DAY_S)
    settings = Settings(ledger_database=databases["GATEWAY_LEDGER_DATABASE"], MONGODB_URL=SecretStr(mongodb_url))
    database = open_database(settings)
    name, version = model["name"], model["version"]
    await BudgetStore(database).share(
        [Shared(name, version, limits, start, newest - n, "gone", counts) for n in range(_SLOTS)]
    )
    database.client.close()
