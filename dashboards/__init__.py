"""The leaders' pages and their numbers."""
