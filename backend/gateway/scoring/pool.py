"""
All brains behind one name: a stream to each, the next attempt to whichever has least to do.

gRPC's own balancing picks a connection once for each call, and a standing stream is one call: measured with three
brains behind round_robin, one stream sent 300, 0 and 0. So the name is resolved again each second, each address has a
stream of its own, and a brain that is silent or fails although connected gets one probe a second instead of its share.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog
from pydantic import SecretStr

from gateway.kit.periodic import Periodic
from gateway.scoring.errors import ScorerInvalidResponse, ScorerUnavailable
from gateway.scoring.hedging import Lane
from gateway.scoring.stream import BrainStream, Reach
from protos import fraud_pb2_grpc

# Raises OSError when the name cannot be resolved now. A test brings its own.
Resolve = Callable[[], Awaitable[list[str]]]
_log = structlog.get_logger()
_RESOLVE_S = 1.0
_RESOLVE_TIMEOUT_S = 3.0
_MISSING_MAX = 3  # resolutions in a row without an address before it is let go: DNS answers are sometimes partial
_BRAINS_MAX = 64
ONLY_UNHEALTHY = "no brain that answers can tell a risky canary from a clean one"


def by_name(host: str, port: int) -> Resolve:
    """
    All addresses of a host, as sorted "ip:port".

    Of IPv4 and IPv6 one family is taken: a brain that has both is still one brain.
    """

    async def resolve() -> list[str]:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        ips = {ipaddress.ip_address(str(address[4][0]).partition("%")[0]) for address in found}
        version = min(ip.version for ip in ips)
        return sorted(_to_address(ip, port) for ip in ips if ip.version == version)

    return resolve


def _to_address(ip: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> str:
    return f"{ip}:{port}" if ip.version == 4 else f"[{ip}]:{port}"


@dataclass(frozen=True, slots=True)
class BrainStatus:
    """One brain as this gateway sees it."""

    address: str
    reach: Reach
    is_suspect: bool  # silent or failing although connected
    is_distrusted: bool  # it cannot tell a risky canary from a clean one: not asked
    waiting: int  # attempts that it has not answered
    answered: int  # scores, since this gateway knows it


class BrainPool:
    """
    The lanes of a gateway. `start` and `close` belong to the event loop that uses it.

    Args:
        resolve: Where the brains are now.
        waiting_max: Attempts that each brain may owe.
        connect_s: How long a brain may take to accept a stream.
        token: What the brains ask of their callers, if they do.
    """

    def __init__(self, resolve: Resolve, *, waiting_max: int, connect_s: float, token: SecretStr | None = None) -> None:
        self._resolve = resolve
        self._waiting_max = waiting_max
        self._connect_s = connect_s
        self._token = token
        self._streams: dict[str, BrainStream] = {}
        self._missing: dict[str, int] = {}
        self._turn = 0
        self._following = Periodic("resolver", self._update, every_s=_RESOLVE_S)
        self._retiring: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Find the brains, and give the first of them connect_s to accept: then the first requests are not blind."""
        await self._update()
        await self._following.start()
        settling = [asyncio.create_task(stream.is_settled.wait()) for stream in self._streams.values()]
        if settling:
            await asyncio.wait(settling, timeout=self._connect_s, return_when=asyncio.FIRST_COMPLETED)
        for task in settling:
            task.cancel()

    async def close(self) -> None:
        """Hang up everywhere."""
        await self._following.close()
        await asyncio.gather(*self._retiring, *(stream.close() for stream in self._streams.values()))

    @property
    def is_reachable(self) -> bool:
        """True while a stream to any brain is open that is not distrusted."""
        return any(s.reach is Reach.LIVE and not s.is_distrusted for s in self._streams.values())

    @property
    def has_only_unhealthy(self) -> bool:
        """True while brains are connected, and every one of them failed its canaries."""
        live = [stream for stream in self._streams.values() if stream.reach is Reach.LIVE]
        return bool(live) and all(stream.is_distrusted for stream in live)

    def distrust(self, address: str, is_distrusted: bool) -> None:
        """Ask this brain no more, or again. One that is gone meanwhile needs neither."""
        stream = self._streams.get(address)
        if stream is not None and stream.is_distrusted is not is_distrusted:
            stream.is_distrusted = is_distrusted
            say = _log.error if is_distrusted else _log.info
            say("scorer.distrusted" if is_distrusted else "scorer.trusted", address=address)

    def brains(self) -> list[BrainStatus]:
        """All that are known, by address."""
        now_s = asyncio.get_running_loop().time()
        return [
            BrainStatus(
                address, stream.reach, stream.is_suspect(now_s), stream.is_distrusted, stream.load, stream.answered
            )
            for address, stream in sorted(self._streams.items())
        ]

    def stubs(self) -> "dict[str, fraud_pb2_grpc.FraudDetectionAsyncStub]":
        """A way to ask each brain that is connected, by address: for what is no score."""
        return {a: stream.stub for a, stream in sorted(self._streams.items()) if stream.reach is Reach.LIVE}

    def known_stubs(self) -> "dict[str, fraud_pb2_grpc.FraudDetectionAsyncStub]":
        """Likewise for every brain that is known: whoever asks may wait in vain."""
        return {address: stream.stub for address, stream in self._streams.items()}

    def pick(self, tried: Collection[Lane]) -> BrainStream:
        """
        The brain for the next attempt: connected, well and not tried before, as far as there is one.

        Args:
            tried: Brains that had an attempt of this transaction.

        Raises:
            ScorerUnavailable: every brain refuses connections, or there is none.
            ScorerInvalidResponse: all that accept them are unhealthy.
        """
        if len(self._streams) == 1:
            (only,) = self._streams.values()
            if only.reach is Reach.LIVE and not only.is_distrusted:
                return only
        streams = [stream for stream in self._streams.values() if not stream.is_distrusted]
        able = [s for s in streams if s.reach is Reach.LIVE] or [s for s in streams if s.reach is Reach.CONNECTING]
        if not able:
            if any(stream.reach is Reach.LIVE for stream in self._streams.values()):
                raise ScorerInvalidResponse(ONLY_UNHEALTHY)
            raise ScorerUnavailable("no brain accepts connections")
        if len(able) == 1:
            return able[0]
        now_s = asyncio.get_running_loop().time()
        well = [stream for stream in able if not stream.is_suspect(now_s)]
        if not tried and len(well) < len(able):
            for stream in able:
                if stream not in well and stream.take_probe(now_s):
                    return stream
        choice = _without(well, tried) or well or _without(able, tried) or able
        self._turn += 1
        turn = self._turn % len(choice)
        return min(choice[turn:] + choice[:turn], key=lambda stream: stream.load)

    def has_other(self, tried: Collection[Lane]) -> bool:
        """Whether a healthy brain is connected that was not tried."""
        return any(s.reach is Reach.LIVE and not s.is_distrusted and s not in tried for s in self._streams.values())

    @property
    def waiting(self) -> int:
        """Attempts that all brains together have not answered."""
        return sum(stream.load for stream in self._streams.values())

    async def _update(self) -> None:
        try:
            async with asyncio.timeout(_RESOLVE_TIMEOUT_S):
                addresses = (await self._resolve())[:_BRAINS_MAX]
        except (OSError, TimeoutError):
            return  # a name server that is away takes no brain away: the streams know better
        for address in addresses:
            self._missing.pop(address, None)
            if address not in self._streams:
                self._add(address)
        for address in self._streams.keys() - set(addresses):
            self._missing[address] = self._missing.get(address, 0) + 1
            if self._missing[address] >= _MISSING_MAX:
                self._let_go(address)

    def _add(self, address: str) -> None:
        _log.info("scorer.found", address=address)
        stream = BrainStream(address, waiting_max=self._waiting_max, connect_s=self._connect_s, token=self._token)
        stream.start()
        self._streams[address] = stream

    def _let_go(self, address: str) -> None:
        _log.info("scorer.gone", address=address)
        del self._missing[address]
        task = asyncio.create_task(self._streams.pop(address).retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


def _without(streams: list[BrainStream], tried: Collection[Lane]) -> list[BrainStream]:
    return [stream for stream in streams if stream not in tried]
