"""Standing numbers: what the state, the scores and the desk say of a day, by present place."""
