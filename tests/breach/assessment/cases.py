"""Breaches as the EDPB describes them, in our own words as facts, with the outcome it gives.

The eighteen cases of Guidelines 01/2021 (version 2.0, 14 December 2021), and those rows of Annex B to Guidelines 9/2022
whose outcome is certain. An outcome is what is done: d documented, a the authority told, p the people told.
"""

from typing import Any, Final

Facts = dict[str, Any]

_ATTACK: Final = {"intent": "malicious_external"}
_MISTAKE: Final = {"intent": "accidental_internal", "integrity": False, "availability": False, "confidentiality": True}
_SEEN: Final = {"confidentiality": True, "integrity": False, "availability": False}

CASES: Final[dict[str, tuple[Facts, str]]] = {
    "01 locked by ransomware, encrypted at rest, nothing left, back within hours": (
        {
            **_ATTACK,
            "categories": ["ransomware", "external_attack"],
            "data": ["contact", "order", "employment"],
            "confidentiality": False,
            "integrity": True,
            "availability": True,
            "encrypted": "state_of_the_art_key_safe",
            "exfiltration": "excluded",
            "backup": True,
            "restored_hours": "a few hours",
            "subjects_affected": "a few dozen clients and employees",
        },
        "d",
    ),
    "02 locked by ransomware, no copy, typed in again from paper in five days": (
        {
            **_ATTACK,
            "categories": ["ransomware", "external_attack"],
            "data": ["contact", "employment"],
            "confidentiality": False,
            "integrity": True,
            "availability": True,
            "backup": False,
            "restored_hours": "five working days",
            "consequences": "delay",
            "subjects_affected": "a few dozen",
        },
        "da",
    ),
    "03 a hospital locked by ransomware, copies there, operations put off for two days": (
        {
            **_ATTACK,
            "categories": ["ransomware", "external_attack"],
            "data": ["contact", "health"],
            "confidentiality": False,
            "integrity": True,
            "availability": True,
            "backup": True,
            "restored_hours": "2 working days",
            "consequences": ["care_delayed"],
            "vulnerable_people": True,
            "subjects_affected": "thousands",
        },
        "dap",
    ),
    "04 locked and copied, the backup locked too, cards and identity numbers": (
        {
            **_ATTACK,
            "categories": ["ransomware", "exfiltration"],
            "data": ["contact", "official_number", "financial"],
            "confidentiality": True,
            "integrity": True,
            "availability": True,
            "backup": False,
            "subjects_affected": "several thousand",
        },
        "dap",
    ),
    "05 code on a job site copied applications for a month": (
        {
            **_ATTACK,
            "categories": ["external_attack"],
            "data": ["contact", "employment"],
            "confidentiality": True,
            "integrity": True,
            "availability": False,
            "exfiltration": "likely",
            "subjects_affected": 213,
        },
        "dap",
    ),
    "06 salted hashes of passwords and invented user names copied from a website": (
        {
            **_ATTACK,
            **_SEEN,
            "categories": ["external_attack", "exfiltration"],
            "data": ["pseudonym", "credentials"],
            "encrypted": "hashed_salted",
            "subjects_affected": "1200 users",
        },
        "d",
    ),
    "07 accounts of a bank entered with passwords from elsewhere": (
        {
            **_ATTACK,
            **_SEEN,
            "categories": ["credential_stuffing"],
            "data": ["contact", "birth_date", "official_number"],
            "subjects_affected": "about 2000 accounts",
        },
        "dap",
    ),
    "08 somebody who leaves copies the contacts of clients and uses them": (
        {
            **_SEEN,
            "categories": ["insider", "exfiltration"],
            "data": ["contact"],
            "intent": "malicious_internal",
            "consequences": "annoyance",
            "subjects_affected": "all clients",
        },
        "da",
    ),
    "09 an agent bound to secrecy saw two dozen others' policies and deleted them": (
        {
            **_MISTAKE,
            "categories": ["misdirected"],
            "data": ["contact", "insurance"],
            "trusted_recipient": True,
            "deletion_confirmed": True,
            "subjects_affected": "about two dozen",
        },
        "d",
    ),
    "10 encrypted tablets stolen, switched off, a copy there, wiped from afar": (
        {
            **_ATTACK,
            "categories": ["device_theft"],
            "data": ["contact", "birth_date", "education"],
            "confidentiality": True,
            "integrity": False,
            "availability": True,
            "encrypted": "strong_key_safe",
            "backup": True,
            "vulnerable_people": True,
            "subjects_affected": "children and their parents",
        },
        "d",
    ),
    "11 a laptop stolen without encryption, a hundred thousand customers": (
        {
            **_ATTACK,
            "categories": ["device_theft"],
            "data": ["contact", "birth_date"],
            "confidentiality": True,
            "integrity": False,
            "availability": True,
            "subjects_affected": "more than 100,000 customers",
        },
        "dap",
    ),
    "12 the paper journal of a clinic for addicts stolen, no copy": (
        {
            **_ATTACK,
            "categories": ["theft", "paper"],
            "data": ["contact", "health"],
            "confidentiality": True,
            "integrity": False,
            "availability": True,
            "backup": False,
            "vulnerable_people": True,
        },
        "dap",
    ),
    "13 two parcels swapped, each with the other's bill": (
        {
            **_MISTAKE,
            "categories": ["human_error", "misdirected", "post"],
            "data": ["contact", "order"],
            "recipients": 2,
            "subjects_affected": 2,
        },
        "d",
    ),
    "14 a list of all job seekers with their numbers mailed to job seekers": (
        {
            **_MISTAKE,
            "categories": ["human_error", "misdirected", "email"],
            "data": ["contact", "official_number"],
            "recipients": "many",
            "subjects_affected": "more than 60 000",
        },
        "dap",
    ),
    "15 a list of participants and their meals to fifteen earlier ones": (
        {
            **_MISTAKE,
            "categories": ["human_error", "misdirected", "email"],
            "data": ["contact", "food_preferences", "health"],
            "reveals_little": True,
            "recipients": 15,
            "subjects_affected": 15,
        },
        "d",
    ),
    "16 somebody else's car insurance letter in the same envelope": (
        {
            **_MISTAKE,
            "categories": ["human_error", "misdirected", "post"],
            "data": ["contact", "birth_date", "licence_plate", "insurance"],
            "recipients": 1,
            "subjects_affected": 1,
        },
        "da",
    ),
    "17 a caller passed as a client and had the bills sent to himself": (
        {
            **_ATTACK,
            "categories": ["social_engineering"],
            "data": ["contact", "billing_data"],
            "confidentiality": True,
            "integrity": True,
            "availability": False,
            "subjects_affected": "1 (pattern may repeat)",
        },
        "dap",
    ),
    "18 mails about payments forwarded to a stranger for months, with wages": (
        {
            **_ATTACK,
            **_SEEN,
            "categories": ["social_engineering", "exfiltration", "email"],
            "data": ["contact", "family", "financial"],
            "subjects_affected": "99 employees and 89 former employees",
        },
        "dap",
    ),
}

ANNEX_B: Final[dict[str, tuple[Facts, str]]] = {
    "i an encrypted archive stolen": (
        {
            **_ATTACK,
            "categories": ["theft"],
            "data": ["contact", "health"],
            "confidentiality": True,
            "integrity": False,
            "availability": True,
            "encrypted": "strong_key_safe",
            "backup": True,
            "restored_hours": 2,
        },
        "d",
    ),
    "iii no power at a call centre for some minutes": (
        {
            "categories": ["outage"],
            "data": ["contact"],
            "confidentiality": False,
            "integrity": False,
            "availability": True,
            "restored_hours": "a few minutes",
        },
        "d",
    ),
    "v a bank statement to another customer": (
        {**_MISTAKE, "categories": ["misdirected"], "data": ["bank_statement"], "subjects_affected": 1},
        "da?",
    ),
    "vi names, passwords and purchases of a shop published": (
        {
            **_ATTACK,
            **_SEEN,
            "categories": ["external_attack", "published"],
            "data": ["user_names", "passwords", "purchase_history"],
            "subjects_affected": "unknown",
        },
        "dap",
    ),
    "viii a hospital without its records for thirty hours": (
        {
            **_ATTACK,
            "categories": ["external_attack"],
            "data": ["medical_records"],
            "confidentiality": False,
            "integrity": False,
            "availability": True,
            "restored_hours": 30,
        },
        "dap",
    ),
    "ix data of many students to a list of a thousand": (
        {
            **_MISTAKE,
            "categories": ["misdirected", "email"],
            "data": ["contact", "student_data"],
            "recipients": 1000,
            "subjects_affected": "many students",
        },
        "da?",
    ),
}
