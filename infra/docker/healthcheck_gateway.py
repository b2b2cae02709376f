"""Inside the gateway's container: exit status 0 when GET /health/ready answers 200, else 1."""

import http.client
import sys

HOSTS = ("127.0.0.1", "::1")  # the second where there is IPv6 only
ANSWER_WITHIN_S = 1.4  # of each; below the 3 s after which the engine ends this process


def is_ready(host: str) -> bool:
    """Ask once."""
    connection = http.client.HTTPConnection(host, 8000, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if any(is_ready(host) for host in HOSTS) else 1)
