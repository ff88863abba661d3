"""What Alembic ran and will run for the tables of this room, in the order of the numbers."""
