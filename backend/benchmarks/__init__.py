"""The benchmarks of docs/benchmarks.md. Never ships."""
