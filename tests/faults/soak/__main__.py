"""`./desk soak`: people report and work while everything breaks at random; afterwards nothing may be lost."""

import argparse
import secrets
import sys

from tests.faults.soak.history import History
from tests.faults.soak.oracle import Verdict
from tests.faults.soak.run import soak

SHOWN = 20


def main() -> int:
    """Run, print the figures, and return 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="./desk soak", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=10, help="how long everything breaks, on all databases together"
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="both, if none is named")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="what chance begins with")
    given = parser.parse_args()
    databases = given.database or ["sqlite", "postgresql"]
    lost = 0
    for database in databases:
        seconds = 60 * given.minutes / len(databases)
        print(f"{database}: {seconds:.0f} seconds of faults, seed {given.seed}", flush=True)
        history, verdict = soak(database, seconds, given.seed)
        print("\n".join(figures(history, verdict)), flush=True)
        lost += len(verdict.lost)
    return 1 if lost else 0


def figures(history: History, verdict: Verdict) -> list[str]:
    """Say what was broken, what went through, and what was lost."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in history.kinds.most_common())
    answers = ", ".join(f"{answer} {count}" for answer, count in history.answers.most_common())
    messages = sum(len(filed.said) for filed in history.filed)
    account = verdict.account
    lost = len(verdict.lost) - verdict.beyond
    return [
        f"  faults {len(history.faults)} ({kinds})",
        f"  answers {answers}",
        f"  reports {len(history.filed)}, messages {messages}, acts of staff {history.acts}",
        f"  steps due {account.steps.total}, told {account.steps.told}, mails {account.mails.total}, sent {verdict.sent}",
        f"  copies {verdict.copies}",
        f"  {len(history.faults)} faults: lost {lost}, doubled beyond the bound {verdict.beyond}",
        *(f"    {line}" for line in verdict.lost[:SHOWN]),
    ]


if __name__ == "__main__":
    sys.exit(main())
