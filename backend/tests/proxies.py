"""Proxies that lead nowhere, in the variables by which people name theirs."""

NOWHERE = "http://127.0.0.1:9"  # the port "discard", where nobody listens

# each alone kept a stack from starting, or made every verdict blind
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "http_proxy": {"http_proxy": NOWHERE},
    "HTTP_PROXY": {"HTTP_PROXY": NOWHERE},
    "HTTPS_PROXY": {"HTTPS_PROXY": NOWHERE},
    "https_proxy": {"https_proxy": NOWHERE},
    "grpc_proxy": {"grpc_proxy": NOWHERE},
    "ALL_PROXY": {"ALL_PROXY": "socks5://127.0.0.1:9"},
    "all_proxy": {"all_proxy": "socks5h://127.0.0.1:9"},
    "no scheme": {"http_proxy": "127.0.0.1:9", "https_proxy": "127.0.0.1:9"},
    "no address": {"http_proxy": "not a url", "https_proxy": "http://[::1", "grpc_proxy": ":::"},
    "another scheme": {"HTTPS_PROXY": "ftp://127.0.0.1:9", "ALL_PROXY": "gopher://127.0.0.1"},
    "a port too high": {"https_proxy": "http://127.0.0.1:99999", "http_proxy": "http://127.0.0.1:99999"},
    "odd exceptions": {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": "http://[,*.x,10.0.0.0/8"},
}
ALL_AT_ONCE = {
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "grpc_proxy": NOWHERE,
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "all_proxy": "not a url",
}
