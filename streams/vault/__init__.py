"""The identity vault: keys of people, sealed identities, notes and dead letters."""
