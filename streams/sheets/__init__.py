"""Departments' sheets: bytes into tables, tables into events, and the answer; knows no SQL."""
