"""Measurements for docs/benchmarks.md: `make bench`."""
