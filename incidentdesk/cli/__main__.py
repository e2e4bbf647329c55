"""`python -m incidentdesk.cli`."""

from incidentdesk.cli import main

main(prog_name="incidentdesk")
