"""Each benchmark's figures have a place in the document, in words and tables."""

from typing import Any

import pytest

from benchmarks.document import writer

TURN = {"p50_ms": 1.5, "p99_ms": 4.5, "cpu_us": {"gateway": 111.0}}
FOUND: dict[str, dict[str, Any]] = {
    "lone": {
        "rounds": 5, "seconds": 5.0, "p50_naive": 0.61, "spread": [0.6, 0.62], "fsync_ms": 0.75,
        "candidates": {"echo": TURN, "naive": TURN, "sentinel": TURN},
    },
    "poisson": {
        "naive_per_s": 900.0, "p99_naive": {"50%": 0.31, "70%": 0.21},
        "cells": [{"share": 0.7, "candidate": "naive", "p50_ms": 20.0, "p99_ms": 90.0}],
    },
    "outages": {
        "per_s": {"normal": 5000.0, "circuit_open": 6500.0, "ledger_down": 4500.0},
        "of_normal": {"circuit_open": 1.31, "ledger_down": 0.91},
    },
    "polling": {
        "per_s": {"alone": 5000.0}, "per_s_left": 0.981, "spread": [0.95, 1.01], "answer_cpu_ms": {"/stats": 1.21},
    },
    "rescoring": {
        "load_per_s": 1500.0, "p99_ms": {"working": 12.0, "frozen": 10.0}, "p99_ratio": 1.21, "rescored": 9_000,
        "rescored_per_s": 210.0, "seconds": 10.0, "unscored": 10_500,
    },
    "history": {"payments": 4_800, "scored": 0.921, "with_history": 0.9971, "p50_ms": 9.0, "p99_ms": 510.0},
    "documents": {
        "cells": [
            {"records": 10_000, "order": "ordered", "per_s": 5000.0, "p99_ms": 22.0, "mongod_us": 51.0},
            {"records": 1_000_000, "order": "random", "per_s": 4500.0, "p99_ms": 25.0, "mongod_us": 61.0},
        ],
        "of_smallest": {"random_1000000": 0.91},
        "pages": {"10000": {"by_id_ms": 1.9, "newest_page_ms": 4.2}},
    },
    "soak": {
        "verdicts": 300_000, "minutes": 10.0, "per_s": 500.0, "p99_ms": 12.0,
        "memory": {"brain": {"first_mib": 185.0, "last_mib": 191.0, "peak_mib": 201.0, "slope_mib_per_min": 0.01}},
    },
    "brain": {
        "us_a_row": {"1": {"whole": 31.0, "predict": 4.0}, "32": {"whole": 19.5, "predict": 1.5}},
        "process": {
            "start_s": 1.2, "filled_s": 3.5, "payments": 190_000, "started_mib": 201.0, "worked_mib": 221.0,
            "scored": 40_000, "with_history": 1.0, "brain_us": 71.0, "mongod_us": 0.1,
        },
    },
    "profile": {"processes": {"brain": {"within": {"main (brain/main.py:31)": 0.961}, "own": {"run (x.py:1)": 0.11}}}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lone", "50% of Sentinel's p50"),
        ("poisson", "**0.31** at 50%, **0.21** at 70%"),
        ("outages", "| mongod killed, journal | 4,500 | **0.91** |"),
        ("polling", "**98.1%** (95.0% to 101.0%)"),
        ("rescoring", "**1.21** times. It re-scored 9,000 of 10,500"),
        ("history", "**99.71%** of the scores"),
        ("documents", "| 1,000,000 | random | 4,500 | 25.0 | 61.0 | **0.91** |"),
        ("soak", "| brain | 185 | 191 | 201 | 0.01 |"),
        ("brain", "| **whole** | 31.0 | 19.5 |"),
        ("profile", "| `main (brain.main)` | 96.1% | `run (x)` | 11.0% |"),
    ],
)
def test_a_section_says_what_was_found(name: str, said: str) -> None:
    """The figure that counts stands out."""
    assert said in writer.SECTIONS[name](FOUND[name])
