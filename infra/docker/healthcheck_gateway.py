"""
Inside a container of gateway or worker: exit status 0 when GET /health/ready answers 200, else 1.

The only argument is the port, 8000 without one.
"""

import http.client
import sys

HOSTS = ("127.0.0.1", "::1")  # the second where there is IPv6 only
ANSWER_WITHIN_S = 1.4  # of each; below the 3 s after which the engine ends this process


def is_ready(host: str, port: int) -> bool:
    """Ask once."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    sys.exit(0 if any(is_ready(host, asked) for host in HOSTS) else 1)
