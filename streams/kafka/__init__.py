"""Events between the door and the workers: topics, messages, and who sends and lists them."""
