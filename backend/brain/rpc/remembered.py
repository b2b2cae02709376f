"""Tells what the memory holds of some payments, for whoever holds it against the ledger."""

from brain.columns import KINDS, TRANSACTION
from brain.history.layout import BLOCKED, FRAUD, NEVER_MS, NONE, NUMBER_SHIFT, SCORED
from brain.history.memory import Memory
from brain.history.rows import key_of
from brain.history.tables import slot_of
from protos import fraud_pb2


def find_payments(memory: Memory, request: fraud_pb2.FindPaymentsRequest) -> fraud_pb2.FindPaymentsReply:
    """Make the reply to FindPayments."""
    return fraud_pb2.FindPaymentsReply(
        payments=[_find(memory, keys) for keys in request.payments],
        memory=memory_state(memory),
    )


def memory_state(memory: Memory) -> fraud_pb2.MemoryState:
    """Describe the memory as a whole."""
    return fraud_pb2.MemoryState(
        payments=memory.payments,
        since_ms=memory.since_ms,
        is_full=memory.is_full,
        is_complete=memory.coverage.is_complete,
    )


def _find(memory: Memory, wanted: fraud_pb2.PaymentKeys) -> fraud_pb2.RememberedPayment:
    slot = slot_of(memory.ring, TRANSACTION, key_of(wanted.transaction_id))
    if slot == NONE:
        return fraud_pb2.RememberedPayment()
    event = memory.ring.events[slot]
    marks, known_at_ms = int(event["marks"]), int(event["known_at_ms"])
    if marks & SCORED:
        return fraud_pb2.RememberedPayment()
    keys = (wanted.user_id, wanted.merchant_id, wanted.card, wanted.device, wanted.address, wanted.email)
    user, merchant, card, device, address, email = (
        bool(event["keys"][kind] == key_of(key or None)) for kind, key in zip(KINDS, keys, strict=True)
    )
    found = fraud_pb2.RememberedPayment(
        is_known=True,
        event_time_ms=int(event["time_ms"]),
        amount_minor=int(event["amount_minor"]),
        is_blocked=bool(marks & BLOCKED),
        is_of_user=user,
        is_of_merchant=merchant,
        is_of_card=card,
        is_of_device=device,
        is_of_address=address,
        is_of_email=email,
    )
    if known_at_ms != NEVER_MS:
        found.is_fraud = bool(marks & FRAUD)
        found.known_at_ms = known_at_ms
        found.revision = marks >> NUMBER_SHIFT
    return found
