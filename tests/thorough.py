"""How much a test run tries: a little while working, everything in the build."""

import os

THOROUGH = os.environ.get("INCIDENTDESK_TEST_THOROUGH") == "1"
