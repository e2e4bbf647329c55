"""The assessment of one breach: what happened, to whose data, how bad, and what a person decides, in six blocks."""
