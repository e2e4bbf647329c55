"""How long a test waits for what must come: only a broken program lets it pass, however slow the machine is."""

WITHIN = 150
LOOK_EVERY = 0.02
