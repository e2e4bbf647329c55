"""The program with less patience: reads its clocks more often and holds a mail for a shorter time. The rest is as it is."""

import sys
from datetime import timedelta

from incidentdesk import roles, worker
from incidentdesk.cli import main
from incidentdesk.mail import claims

roles.CLOCK_REST_SECONDS = worker.BACKUP_REST_SECONDS = 1.0

if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))
    claims.LEASE = timedelta(seconds=seconds)
    claims.SEND_WITHIN = claims.LEASE / 2
    main()
