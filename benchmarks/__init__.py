"""Benchmarks: figures beside a named baseline of the same run; run them with `make bench`."""
