"""How many examples the properties of the rules try: few while one works, many in the build."""

from hypothesis import settings

from tests.thorough import THOROUGH

# No deadline for one example: a busy machine is not a defect.
settings.register_profile("rules", max_examples=1000 if THOROUGH else 15, deadline=None)
settings.load_profile("rules")
