"""The cases of the authorities as others would tell them: few keys, other words, some left out. Each with its outcome.

Most hold only the keys of a plain table of cases: categories, intent, what happened, encrypted, backup, people.
"""

from collections.abc import Iterator
from typing import Any, Final

Facts = dict[str, Any]
_OUT, _IN, _SLIP = "malicious_external", "malicious_internal", "accidental_internal"


def told(categories: str, intent: str, happened: str, people: object = None, **more: object) -> Facts:
    """Return a case; `happened` holds a letter for each of confidentiality, integrity and availability that is true."""
    truths = {name: name[0] in happened for name in ("confidentiality", "integrity", "availability")}
    count = {} if people is None else {"subjects_affected": people}
    return (
        {"categories": categories.split(), "intent": intent, "encrypted": "none", "backup": None}
        | truths
        | count
        | more
    )


_SAFE: Final[Facts] = {"encrypted": "state_of_the_art_key_safe", "backup": True}
RETOLD: Final[dict[str, tuple[str, list[Facts]]]] = {
    "01": (
        "d",
        [
            told("ransomware external_attack", _OUT, "ia", "a few dozen", **_SAFE),
            told("ransomware external_attack employment", _OUT, "a", 40, **_SAFE, restored_hours="6 h"),
            {"categories": ["ransomware"], "confidentiality": False, **_SAFE},
        ],
    ),
    "02": (
        "da",
        [
            told("ransomware", _OUT, "ia", 30, backup=False),
            told("ransomware employment", _OUT, "ia", "a few dozen", backup=False, restored_hours="five working days"),
            {"categories": "ransom", "exfiltration": "excluded", "backup": False, "subjects_affected": 30},
        ],
    ),
    "03": (
        "dap",
        [
            told("ransomware external_attack health", _OUT, "ia", "several thousand", backup=True),
            told("ransomware hospital", _OUT, "ia", "patients and staff", backup=True, restored_hours="2 days"),
            told("ransomware special_category", _OUT, "a", backup=True, restored_hours="1 day 6 hours"),
        ],
    ),
    "04": ("dap", [told("ransomware exfiltration id_documents", _OUT, "cia", "several thousand", backup=False)]),
    "05": ("dap", [told("malware exfiltration applicants", _OUT, "c", "213")]),
    "06": (
        "d",
        [
            told("exfiltration external_attack", _OUT, "c", "1200 users", encrypted="hashed_salted"),
            told("exfiltration sql_injection credentials", _OUT, "c", 1200, encrypted="salted hash, strong algorithm"),
            {
                "categories": ["exfiltration"],
                "data": ["hashed-passwords", "usernames"],
                "intent": _OUT,
                "integrity": False,
            }
            | {"availability": False},
        ],
    ),
    "07": ("dap", [told("brute_force", _OUT, "c", 2000), told("external_attack tax_ids", _OUT, "c", "thousands")]),
    "08": ("da", [told("employee exfiltration", _IN, "c", "all clients"), told("insider", _IN, "c", 2000)]),
    "09": ("d", [told("accidental_transmission", _SLIP, "c", 24), told("human_error misdirected", _SLIP, "c", 24)]),
    "10": (
        "d",
        [
            told("stolen_device", _OUT, "ca", "children", **_SAFE),
            told("device_theft", _OUT, "ca", "2 stolen tablets", **_SAFE, data=["contact", "health"]),
        ],
    ),
    "11": (
        "dap",
        [told("stolen_laptop", _OUT, "ca", "> 100,000"), told("device_theft", _OUT, "c", 100_000, backup=True)],
    ),
    "12": ("dap", [told("theft paper addiction", _OUT, "ca", "patients", backup=False)]),
    "13": (
        "d",
        [told("mispostal", _SLIP, "c", 2), {"categories": ["wrong recipient", "letter"], "subjects_affected": 2}],
    ),
    "14": ("dap", [told("human_error misdirected email social_security_numbers", _SLIP, "c", "more than 60,000")]),
    "15": ("d", [told("misdirected email", _SLIP, "c", 15, recipients="15 earlier participants")]),
    "16": ("da", [told("misdirected post insurance", _SLIP, "c", 1), told("mispostal licence_plate", _SLIP, "c", "2")]),
    "17": ("dap", [told("pretexting", _OUT, "ci", 1), told("identity_theft social_engineering", _OUT, "c", 1)]),
    "18": (
        "dap",
        [
            told("social_engineering exfiltration email", _OUT, "c", "99 employees"),
            told("external_attack email salaries", _OUT, "c", "99 and 89", exfiltration="seen"),
        ],
    ),
    "B i": ("d", [{"categories": ["theft", "health"], **_SAFE}]),
    "B iii": ("d", [{"categories": ["power outage"], "restored_hours": "5 min"}]),
    "B iv": ("da?", [told("ransomware", _OUT, "ia", backup=False), {"categories": ["ransomware"], "backup": False}]),
    "B v": ("da?", [told("misdirected bank_statements", _SLIP, "c", 1)]),
    "B vi": ("dap", [told("exfiltration made_public passwords", _OUT, "c", "customers in several Member States")]),
    "B viii": ("dap", [told("cyberattack clinic", _OUT, "a", "patients", restored_hours="30 h")]),
    "B ix": ("da?", [told("misdirected email", _SLIP, "c", "a large number", recipients="more than 1000")]),
}


def retold() -> Iterator[tuple[str, str, Facts]]:
    """Yield each telling with the number of its case and the outcome."""
    for number, (outcome, tellings) in RETOLD.items():
        yield from ((number, outcome, facts) for facts in tellings)
