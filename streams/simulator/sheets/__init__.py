"""What departments export of a simulated county, as books for Excel: clean, or as they come."""
