"""Member and household state: columnar, folded from effective facts in any order."""
