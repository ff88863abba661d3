"""Accounts, roles, scopes, sessions, tokens and the audit of reads; rights are decided here."""
