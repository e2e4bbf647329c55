"""What happened here, and whether it can be believed."""
