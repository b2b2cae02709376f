"""Makes docs/benchmarks.md and its plots of the committed figures: nobody types a figure into it."""
