"""The door: bytes of departments in, validated facts out; every refused row with its reason."""
