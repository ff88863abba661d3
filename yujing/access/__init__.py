"""Accounts, roles, scopes, sessions, source tokens and the audit of reads; rights are decided here and nowhere else."""
