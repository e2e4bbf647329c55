"""Run tests and say what of the program none of them has run: `./desk count`, which fails when that is too much."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

# Per cent of lines and branches together: of all, and of what decides and what turns text into values.
OF_ALL, OF_RULES_AND_FORMS = 95, 100
File = dict[str, Any]


def main(words: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "counted.json"
        counting = [sys.executable, "-m", "slipcover", "--json", "--out", str(found), "-m", "pytest", *words]
        failed = subprocess.call(counting)
        return judged(json.loads(found.read_text(encoding="utf-8"))["files"]) or failed


def judged(files: dict[str, File]) -> int:
    for name, file in sorted(files.items()):
        if file["missing_lines"] or file["missing_branches"]:
            print(f"{share([file]):6.2f} %  {name}  {missed(file)}")
    exact = [file for name, file in files.items() if must_be_whole(name)]
    print(f"counted: {share(files.values()):.2f} % of the program, {share(exact):.2f} % of its rules and forms")
    return int(not exact or share(files.values()) < OF_ALL or share(exact) < OF_RULES_AND_FORMS)


def must_be_whole(name: str) -> bool:
    return name.startswith("incidentdesk/rules/") or name.endswith("forms.py")


def share(files: Iterable[File]) -> float:
    run = missing = 0
    for file in files:
        run += len(file["executed_lines"]) + len(file["executed_branches"])
        missing += len(file["missing_lines"]) + len(file["missing_branches"])
    return 100 * run / (run + missing) if run + missing else 100


def missed(file: File) -> str:
    """Name lines, and branches as `from>to`; one that leaves the function leads to 0."""
    return " ".join([*map(str, file["missing_lines"]), *(f"{start}>{end}" for start, end in file["missing_branches"])])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
