"""Connections, locks and the migration runner; tables belong to the rooms that use them."""
