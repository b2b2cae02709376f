"""
Remembers transactions that were scored a moment ago and are not in the stored history yet.

Between a score and its Observe there are a ledger write and a call, and fraudsters pay in quick succession. Events are
kept by transaction_id, so that hedges and replays count once; build_batch leaves out the query itself and repeats.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from brain.domain import Event, Query

EVENTS_MAX = 20_000  # three seconds of a full gateway; 14 MB
EVENTS_PER_KEY_MAX = 128  # of one user or merchant: a hot one must not make each of its scores expensive
LIFE_S = 60.0  # a transaction that is not observed by then was never committed
SETTLING_S = 8.0  # after Observe: longer than history.cache uses an older reading


class RecentEvents:
    """Keeps a bounded number of events that were scored and may not be stored yet."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Args: clock: monotonic seconds."""
        self._clock = clock
        self._expiry_s: OrderedDict[str, tuple[float, Query]] = OrderedDict()  # oldest first
        self._of_user: dict[str, dict[str, Query]] = defaultdict(dict)
        self._of_merchant: dict[str, dict[str, Query]] = defaultdict(dict)
        self._settling: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._expiry_s)

    def remember(self, queries: Iterable[Query]) -> None:
        """Keep transactions that are being scored; a known one keeps its first time of expiry."""
        now_s = self._clock()
        self._forget_expired(now_s)
        for query in queries:
            if query.is_canary or query.amount_minor is None or query.transaction_id in self._expiry_s:
                continue
            self._expiry_s[query.transaction_id] = (now_s + LIFE_S, query)
            _add(self._of_user[query.user_id], query)
            if query.merchant_id is not None:
                _add(self._of_merchant[query.merchant_id], query)
        while len(self._expiry_s) > EVENTS_MAX:
            self._forget(next(iter(self._expiry_s)))

    def observed(self, queries: Sequence[Query]) -> None:
        """
        Note that these are stored now: they are dropped once no older reading can be in use.

        Until then they count with their decision, which was not known when they were scored.
        """
        self.remember(queries)
        gone_s = self._clock() + SETTLING_S
        for query in queries:
            if query.transaction_id in self._expiry_s:
                self._settling.setdefault(query.transaction_id, gone_s)
                if query.is_blocked:
                    self._block(query.transaction_id)

    def of_user(self, query: Query) -> list[Event]:
        """Return the other recent events of this query's user, unordered, at most EVENTS_PER_KEY_MAX."""
        of_key = self._of_user.get(query.user_id, {})
        return [
            _event(other, other.merchant_id or "") for name, other in of_key.items() if name != query.transaction_id
        ]

    def of_merchant(self, query: Query) -> list[Event]:
        """Return the other recent events of this query's merchant, likewise; none where it names no merchant."""
        of_key = self._of_merchant.get(query.merchant_id or "", {})
        return [_event(other, other.user_id) for name, other in of_key.items() if name != query.transaction_id]

    def _block(self, transaction_id: str) -> None:
        expiry_s, scored = self._expiry_s[transaction_id]
        blocked = replace(
            scored, is_blocked=True
        )  # otherwise as it was scored: the first version of a transaction counts
        self._expiry_s[transaction_id] = (expiry_s, blocked)
        for of_key, key in ((self._of_user, scored.user_id), (self._of_merchant, scored.merchant_id)):
            if key is not None and transaction_id in of_key.get(key, {}):  # a hot key may have dropped it
                of_key[key][transaction_id] = blocked

    def _forget_expired(self, now_s: float) -> None:
        while self._settling and next(iter(self._settling.values())) <= now_s:
            self._forget(next(iter(self._settling)))
        while self._expiry_s and next(iter(self._expiry_s.values()))[0] <= now_s:
            self._forget(next(iter(self._expiry_s)))

    def _forget(self, transaction_id: str) -> None:
        self._settling.pop(transaction_id, None)
        _, query = self._expiry_s.pop(transaction_id)
        _drop(self._of_user, query.user_id, transaction_id)
        if query.merchant_id is not None:
            _drop(self._of_merchant, query.merchant_id, transaction_id)


def _event(query: Query, counterparty: str) -> Event:
    return Event(
        query.transaction_id, query.time_ms, query.amount_minor or 0, counterparty, is_blocked=query.is_blocked
    )


def _add(of_key: dict[str, Query], query: Query) -> None:
    of_key[query.transaction_id] = query
    while len(of_key) > EVENTS_PER_KEY_MAX:
        del of_key[next(iter(of_key))]


def _drop(queries: dict[str, dict[str, Query]], key: str, transaction_id: str) -> None:
    of_key = queries.get(key)
    if of_key is not None:
        of_key.pop(transaction_id, None)
        if not of_key:
            del queries[key]
