"""What the departments and villages report of the true world, late, patchily and with mistakes."""
