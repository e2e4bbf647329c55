"""What the program promises about speed, measured; each promise is a ratio within one run, so that any machine can check it."""
