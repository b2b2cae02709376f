"""The traffic of all gateways, as far as this one knows it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from gateway.traffic.bucket import BUCKET_S, BUCKETS, Bucket
from gateway.traffic.recorder import Recorder
from gateway.traffic.report import Report, figures

NEWEST_BUCKETS = 5  # 10 s


class Traffic:
    """Notes this process's requests, and says what all of them had. It waits for nobody."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Args: now_s: seconds since the epoch."""
        self._own = Recorder(now_s)
        self.note = self._own.note

    def report(self) -> Report:
        """The last BUCKETS closed buckets."""
        filling, closed = self._own.closed()
        shown = [(slot, closed.get(slot, Bucket())) for slot in range(filling - BUCKETS, filling)]
        newest, everything = Bucket(), Bucket()
        for slot, bucket in shown:
            everything.add(bucket)
            if slot >= filling - NEWEST_BUCKETS:
                newest.add(bucket)
        return Report(
            at=_time(filling),
            instances=1,
            is_whole=True,
            newest=figures(_time(filling - NEWEST_BUCKETS), newest),
            buckets=[figures(_time(slot), bucket) for slot, bucket in shown],
            scores=tuple(everything.scores),
        )


def _time(slot: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=slot * BUCKET_S)
