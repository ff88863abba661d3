"""Events in: wire types, the door, the vault, the simulator, the log and the state of members and households."""
