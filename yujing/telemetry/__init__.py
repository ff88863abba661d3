"""What a process says about itself, never about a person: logs, metrics, traces, readiness."""
