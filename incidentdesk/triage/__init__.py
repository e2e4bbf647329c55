"""The desk: the queue, one incident, and everything a person decides about it."""
