"""Files that people upload on `/import`: kept sealed, delivered in order, answered with a file."""
