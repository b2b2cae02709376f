"""Where the brains are: a name becomes addresses, again and again, because pods come and go."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

# Raises OSError when the name cannot be resolved now. A test brings its own.
Resolve = Callable[[], Awaitable[list[str]]]


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
