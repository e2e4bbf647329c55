"""What the data protection officer of the story writes: to the people, to the authority, into the register."""

from tests.intake.visitor import Fields

# Whose data lay in the same store, and within how many hours their contracts want to hear of it.
CUSTOMERS = {"Bakery": "24", "Library": "36", "Clinic": "12"}
LANGUAGES = {"Bakery": "nl", "Library": "en", "Clinic": "en"}
# Who is told by mail, in the language they read.
WRITTEN = {
    "body_nl": "Een kopie met uw gegevens stond open op internet. Wij hebben die gesloten.",
    "body_en": "A copy with your data stood open on the internet. We have closed it.",
}
NOTICES = {"Bakery": WRITTEN["body_nl"], "Clinic": WRITTEN["body_en"]}
# What Rosa found, block by block of the assessment.
FACTS: dict[str, Fields] = {
    "happened": {
        "confidentiality": "yes",
        "integrity": "no",
        "availability": "no",
        "intent": "accidental_internal",
        "recipients": "strangers",
    },
    "people": {
        "personal_data": "yes",
        "data": ["contact", "financial"],
        "subjects_affected": "640",
        "vulnerable_people": "no",
        "detailed_profile": "no",
        "reveals_little": "no",
        "identifiability": "maximum",
    },
    "protection": {"encrypted": "none", "backup": "yes"},
    "consequences": {"consequences": ["financial_loss"]},
}
TEXT = {
    "nature": "A copy of our account data stood open on the internet. Strangers read it.",
    "consequences": "Somebody may try to take money from your bank account.",
    "measures": "We have closed the store and changed its keys.",
    "advice": "Look through your bank account, and call your bank when something is amiss.",
    "contact": "Our data protection officer, privacy@example.org",
}
# What a complete notification says beyond a preliminary one, section by section.
COMPLETE: dict[str, Fields] = {
    "organisation": {"other_parties": "Three customers whose data lay in the same store"},
    "timeline": {"discovery": "controller", "breach_period_kind": "unknown"},
    "happened": {
        "what_happened": "The copy stood open from Thursday; twelve addresses read it.",
        "nature_cia": ["confidentiality"],
        "cause": "internal_non_malicious",
    },
    "people": {"subject_categories": ["customers"], "record_count": "exact", "record_count-words": "640"},
    "before": {"prior_measures": "The store was meant to be closed to the outside"},
    "consequences": {"impact_kinds": ["fraud"], "impact_severity": "severe"},
    "measures": {
        "measures_taken": "Store closed, keys changed",
        "measures_prevent": "A look each day, from 1 November",
    },
    "telling": {"subjects_told": "told"},
    "borders": {"cross_border": "no"},
}
FOLLOWING: dict[str, Fields] = {
    "happened": {"unintelligible": "no"},
    "consequences": {"consequences_c": ["used_unfairly"]},
    "telling": {"subjects_told_how": "individual", "subjects_told_text": " ".join(TEXT.values())},
}
ENTRY = {
    "what": "A backup stood open on the internet for two days and was read from outside",
    "people": "640 people who have accounts with the company",
    "data": "Names, addresses and bank numbers; 640 records",
    "risk": "high",
    "reasoning": "Bank numbers were read by strangers",
    "effects": "Attempts to take money from accounts are possible",
    "measures": "Store closed, keys changed, people told",
    "why_not_notified": "",
}
