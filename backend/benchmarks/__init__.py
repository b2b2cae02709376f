"""The harness behind docs/benchmarks.md. Never ships."""
