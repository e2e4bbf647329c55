"""The script of a checkout sets itself up, whatever came in between. Nothing here needs a network."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WHEEL = "paper-1.0-py3-none-any.whl"
LINES = {
    "paper.py": "COLOUR = 'white'",
    "paper-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: paper\nVersion: 1.0\n",
    "paper-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "paper-1.0.dist-info/RECORD": "",
}
BEFORE = "import runpy, sys; sys.argv = ['desk', 'run']; {}; runpy.run_path('desk', run_name='__main__')"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with a space, whose only locked package lies beside it."""
    place = tmp_path / "my desk"
    (place / "incidentdesk").mkdir(parents=True)
    shutil.copy(ROOT / "desk", place)
    (place / "incidentdesk" / "cli.py").write_text("import paper, sys; print(paper.COLOUR, *sys.argv[1:])")
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        for name, text in LINES.items():
            wheel.writestr(name, text)
    lock(place, hashlib.sha256((tmp_path / WHEEL).read_bytes()).hexdigest())
    return place


def lock(place: Path, digest: str) -> None:
    (place / "requirements.lock").write_text(f"paper==1.0 --hash=sha256:{digest}\n")
    (place / "requirements-dev.lock").write_text("")


def start(place: Path, *words: str) -> subprocess.Popen[str]:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(place.parent), "PATH": os.environ["PATH"]}
    return subprocess.Popen(
        [sys.executable, "desk", *words],
        cwd=place,
        env=offline,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def answer(running: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, said = running.communicate(timeout=120)
    return running.returncode, out, said


def refusal(place: Path, before: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEFORE.format(before)], cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the lock and the signal are POSIX")
def test_a_set_up_that_was_killed_is_made_anew_and_two_at_once_do_not_disturb_each_other(checkout: Path) -> None:
    killed = start(checkout, "hello")
    made = checkout / ".venv" / "pyvenv.cfg"
    while not made.exists() and killed.poll() is None:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert made.exists()
    assert not (checkout / ".venv" / "installed.json").exists()
    both = [start(checkout, "hello", "you"), start(checkout, "hello", "too")]
    answers = [answer(one) for one in both]
    assert [out for _, out, _ in answers] == ["white hello you\n", "white hello too\n"], answers
    assert sum("Installing" in said for *_, said in answers) == 1
    assert answer(start(checkout, "again")) == (0, "white again\n", "")
    # Short for the program's own word, with whatever stands behind it.
    assert answer(start(checkout, "run", "--no-worker")) == (0, "white serve --no-worker\n", "")


def test_a_package_that_differs_from_the_lock_is_refused_in_words(checkout: Path) -> None:
    lock(checkout, "0" * 64)
    status, out, said = answer(start(checkout, "hello"))
    assert (status, out) == (2, "")
    assert "DO NOT MATCH THE HASHES" in said
    assert "could not be installed" in said
    assert "Traceback" not in said


def test_an_old_python_a_python_without_venv_and_a_foreign_folder_are_named(checkout: Path) -> None:
    assert "needs Python 3.11 or newer; this is 3.9.6" in refusal(checkout, "sys.version_info = (3, 9, 6, 'final', 0)")
    assert "apt-get install python3." in refusal(checkout, "sys.modules['ensurepip'] = None")
    assert "cannot be written to" in refusal(checkout, "import os; os.access = lambda *_: False")
    assert not (checkout / ".venv").exists()


def test_a_word_too_many_is_refused_before_anything_is_set_up(checkout: Path) -> None:
    assert answer(start(checkout, "check", "--help")) == (2, "", "./desk check takes no further words.\n")
    assert not (checkout / ".venv").exists()


def test_without_a_word_it_says_what_it_can_do_and_sets_nothing_up(checkout: Path) -> None:
    status, out, _ = answer(start(checkout))
    assert status == 0
    assert all(f"./desk {word}" in out for word in ("run", "demo", "test", "check", "bench", "deadline"))
    assert not (checkout / ".venv").exists()
