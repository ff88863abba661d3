"""Wire types, one file an event type."""
