"""`python -m benchmarks` is `python -m benchmarks.run`."""

import sys

from benchmarks.run import main

raise SystemExit(main(sys.argv[1:]))
