"""What the cells of a column say: each spelling in a module, each doubtful value refused by name."""
