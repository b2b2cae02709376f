"""Load on a running gateway, to watch it lose its brain and get it back: `python test_chaos.py --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "backend"))

from chaos.main import main

if __name__ == "__main__":
    main()
