"""What the candidates are called in the document."""

NAMES = {"raw": "raw ASGI echo", "echo": "FastAPI echo", "naive": "naive stack", "sentinel": "Sentinel"}
