"""Inside the gateway's container: exit status 0 when GET /health/ready answers 200, else 1."""

import http.client
import sys

ANSWER_WITHIN_S = 2.0  # below the 3 s after which the engine ends this process


def main() -> int:
    """Ask once."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/health/ready")
        return 0 if connection.getresponse().status == http.client.OK else 1
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
