"""The public side: the report form, what is said at the end, and the reporter's own page. Knows nobody who signs in."""
