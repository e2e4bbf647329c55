"""Which rows of law apply to this company, and why."""
