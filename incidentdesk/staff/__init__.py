"""People who sign in: passwords, sessions, and the gate that decides who may see what."""
