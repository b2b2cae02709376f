"""Puts reservations on disk: those of one turn of the event loop share one job of the writing thread."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

from gateway.fallback.meter import ExposureStore, Reservation
from gateway.kit.sqlite_writer import WriterThread

_DISK_S = 0.5  # for one commit, 1 ms on a well disk; past it the payment counts as above the cap
_Waiting = list[asyncio.Future[bool]]


class Reservations:
    """
    In an outage nearly each user's first payment reserves: one by one that is 54 us each, together 28.

    Args:
        writer: Keeps them.
    """

    def __init__(self, writer: WriterThread[ExposureStore]) -> None:
        self._writer = writer
        self._wanted: dict[tuple[str, int], Reservation] = {}  # of one key and bucket the last is the highest
        self._waiting: _Waiting = []

    async def keep(self, wanted: Iterable[Reservation]) -> bool:
        """Whether these are on disk now; False when the disk refuses, or takes longer than 0.5 s."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[bool] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send)
        for reservation in wanted:
            self._wanted[reservation.key, reservation.bucket] = reservation
        self._waiting.append(kept)
        return await kept

    def _send(self) -> None:
        wanted, waiting = self._wanted, self._waiting
        self._wanted, self._waiting = {}, []
        given_up = asyncio.get_running_loop().call_later(_DISK_S, _settle, waiting, False)
        self._writer.post(lambda store: store.reserve(wanted.values()), partial(_answered, waiting, given_up))


def _answered(waiting: _Waiting, given_up: asyncio.TimerHandle, _: Any, failure: Exception | None) -> None:
    given_up.cancel()
    _settle(waiting, failure is None)


def _settle(waiting: _Waiting, is_kept: bool) -> None:
    for kept in waiting:
        if not kept.done():  # given up, or whoever waited is gone
            kept.set_result(is_kept)
