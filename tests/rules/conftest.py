"""How many examples the properties of the rules try: few while one works, many in the build."""

import os

from hypothesis import settings

# No deadline for one example: a busy machine is not a defect.
settings.register_profile("rules", max_examples=int(os.environ.get("INCIDENTDESK_TEST_EXAMPLES", "15")), deadline=None)
settings.load_profile("rules")
