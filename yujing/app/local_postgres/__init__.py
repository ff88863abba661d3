"""A real PostgreSQL server on this machine, for the demo, tests, benchmarks; never for service."""
