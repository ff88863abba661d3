"""Revisions of the tables of uploads."""
