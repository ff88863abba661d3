"""A simulated county: its people, its reporting and its hidden truth."""
