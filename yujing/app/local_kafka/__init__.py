"""A real Kafka broker on this machine, for the demo, tests and benchmarks; never for service."""
