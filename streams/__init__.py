"""Events in: wire types, door, vault, simulator, log, and the state of members and households."""
