"""The duties of one incident: what we are for its data, the moments they run from, each with its clock and its end."""
