"""What Alembic ran and will run for the tables of likely doubles, in the order of the numbers."""
