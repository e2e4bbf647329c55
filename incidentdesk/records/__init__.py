"""What must be true of every record: its history, its clocks, its agenda."""
