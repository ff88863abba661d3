"""Packages for systems without a network path: signed, encrypted files in parts of a fixed size."""
