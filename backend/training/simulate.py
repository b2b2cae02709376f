"""
Write a simulated world into a file: `PYTHONPATH=backend python -m training.simulate --seed 11 --out world.parquet`.
"""

import argparse
import sys
from pathlib import Path

from training.errors import UnusableDataError
from training.options import add_rules, simulated
from training.world.datafile import ENDINGS, ending, write


def main(arguments: list[str] | None = None) -> int:
    """Simulate and write; the exit status: 2 when the file cannot be written."""
    parser = argparse.ArgumentParser(
        prog="python -m training.simulate",
        description="Write a simulated world of card payments into a file, one row a payment, in order of time: "
        "tx_datetime (UTC), customer_id, terminal_id, tx_amount, tx_fraud, and tx_scenario (0 genuine, 1 large "
        "amount, 2 terminal compromised, 3 customer compromised).",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help=f"its ending: {', '.join(ENDINGS)}")
    parser.add_argument("--seed", type=int, default=0, help="the same seed and rules make the same world (0)")
    add_rules(parser)
    options = parser.parse_args(arguments)
    try:
        ending(options.out)  # before the work, not after it
        world = simulated(parser, options, options.seed)
        write(options.out, world)
    except UnusableDataError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 2
    frauds = int(world.fraud.sum())
    print(f"{options.out.name}: {world.time_ms.size:,} payments, {frauds:,} of them frauds, seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
