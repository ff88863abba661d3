"""What the cells of a column say; what is doubtful is refused by name."""
