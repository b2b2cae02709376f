"""What GET /ledger/status answers."""

from gateway.api.reply import Reply, Time
from gateway.features.health.schemas import UpOrDown
from gateway.kit.circuit import CircuitState


class RescoreBacklogOut(Reply):
    """Verdicts that are still to be scored; `oldest_at` is null when there is none."""

    count: int
    oldest_at: Time | None


class PoisonOut(Reply):
    """A record that MongoDB will never take."""

    transaction_id: str
    why: str


class LostOut(Reply):
    """A verdict that was acknowledged and can no longer be read."""

    transaction_id: str
    acknowledged_at: Time
    found_at: Time


class LedgerCircuitOut(Reply):
    """The circuit to MongoDB."""

    state: CircuitState
    failures: int
    fail_max: int
    retry_after_ms: int


class JournalOut(Reply):
    """This gateway's own journal: `remembered` verdicts are in MongoDB and kept to answer retries."""

    available: bool
    pending: int
    remembered: int
    lost: int
    free_bytes: int


class LedgerStatusOut(Reply):
    """What was acknowledged, and where it stands. Null: only MongoDB knows, and it does not answer."""

    status: UpOrDown
    acknowledged: int | None
    committed: int | None
    counted_at: Time | None
    is_exact: bool
    pending: int
    oldest_pending_s: float | None
    lost: int
    lost_records: list[LostOut]
    conflicts: int | None
    rescore_backlog: RescoreBacklogOut | None
    poison: int
    poison_records: list[PoisonOut]
    circuit: LedgerCircuitOut
    journal: JournalOut
