"""
Who may write what people write: programs, and our own pages.

Nobody here asks for a password, so being able to reach the gateway is all it takes, and a page of anybody, open in an
operator's browser, can send requests to whatever that browser reaches. Browsers say whose page asks.
"""

import ipaddress
from urllib.parse import urlsplit

from fastapi import Request

from gateway.errors import ForeignOrigin, UnsafeHost

_READS = frozenset({"GET", "HEAD"})  # nobody else's page can read the answer: there are no CORS headers


async def refuse_foreign_pages(request: Request) -> None:
    """
    For the routes by which people write. Reads pass, and so does a program, which names no page.

    `Sec-Fetch-Site` counts first: it holds behind a proxy that changes Host, and no page can forge it. Browsers leave
    it out where a page came by plain http from another machine; then Origin must be the host that was asked.

    Raises:
        ForeignOrigin: a page of another site asks.
    """
    if request.method in _READS:
        return
    sites = request.headers.getlist("sec-fetch-site")
    if sites:
        is_ours = all(site in ("same-origin", "none") for site in sites)
    else:
        hosts = {host.lower() for host in request.headers.getlist("host")}
        is_ours = all({_host_of(origin)} == hosts for origin in request.headers.getlist("origin"))
    if not is_ours:
        raise ForeignOrigin(
            "A page of another site may not write here. Open the dashboard under the address that it sends to; a proxy "
            "in between must pass the header Host on. Programs leave Origin out."
        )


def refuse_unsafe_host(request: Request) -> None:
    """
    Refuse a caller who knows this gateway by a name that somebody else may own.

    Against DNS rebinding: such a name first leads to a page, then to this machine, and Origin and Host agree. Nobody
    can do that with an address, `localhost`, or a name without a dot.

    Raises:
        UnsafeHost: Host is another name.
    """
    for host in request.headers.getlist("host"):
        name = _name_of(host)
        if not (_is_address(name) or name.endswith(".localhost") or (name and "." not in name)):
            raise UnsafeHost(
                "Faults are switched by a local name only: use the gateway's IP address, localhost, or a name "
                "without a dot."
            )


def _host_of(origin: str) -> str | None:
    scheme, _, host = origin.partition("://")
    return host.lower() if scheme in ("http", "https") else None  # "null": a page without an address


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets around what is no address
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
