"""Features, labels, training, scorecards, registry and back-tests."""
