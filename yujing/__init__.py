"""What all rooms share, the command line, and `app`, where the rooms meet."""
