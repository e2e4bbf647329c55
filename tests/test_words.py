"""Every word of every page stands in every catalogue, and fits the place it is used in."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from incidentdesk import i18n

ROOT = Path(__file__).resolve().parent.parent
JINJA = {"trimmed": "true", "newstyle_gettext": "true", "extensions": "jinja2.ext.do"}
WAYS = [("incidentdesk/**.py", "python"), ("templates/**", "jinja2")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def catalogue(language: str) -> Catalog:
    with (i18n.CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def used() -> set[str]:
    found = extract_from_dir(ROOT, WAYS, {"templates/**": JINJA}, directory_filter=lambda path: "/." not in str(path))
    return {message[2] if isinstance(message[2], str) else message[2][0] for message in found}


@pytest.mark.parametrize("language", [code for code in i18n.LANGUAGES if code != "en"])
def test_every_word_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = [word for word in sorted(used()) if not (entry := known.get(word)) or not entry.string or entry.fuzzy]
    assert missing == []


@pytest.mark.parametrize("language", [code for code in i18n.LANGUAGES if code != "en"])
def test_every_translation_keeps_its_placeholders(language: str) -> None:
    for entry in catalogue(language):
        originals = entry.id if isinstance(entry.id, list | tuple) else [entry.id]
        translated = entry.string if isinstance(entry.string, list | tuple) else [entry.string]
        wanted = {name for text in originals for name in PLACEHOLDER.findall(text or "")}
        for text in translated:
            assert set(PLACEHOLDER.findall(text or "")) <= wanted, entry.id


@pytest.mark.parametrize("language", [code for code in i18n.LANGUAGES if code != "en"])
def test_no_translation_is_left_over(language: str) -> None:
    words = used()
    ids = [entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue(language) if entry.id]
    assert [word for word in ids if word not in words] == []


# What Dutch calls by another word everywhere: one word for one thing, those of the AVG where it has one.
OTHER_WORDS = {
    "meldpunt": r"\b(de|het|deze|dit|incident) ?desk\b",
    "gecontroleerd": r"\bnagekeken\b",
    "besluit": r"\bbeslissing",
    "ondertekenen": r"\b(getekend|tekenen)\b|\bteken (het|wat|opnieuw)\b",
    "getroffen": r"\bgeraakt\b",
    "kennisname": r"\bons bekend\b|\bbekend als\b|moment van kennis",
    "gezamenlijke verwerkingsverantwoordelijke": r"gezamenlijk verantwoordelijk",
    "AVG, art. 33, lid 1": r"\bart\. \d|GDPR",
}


@pytest.mark.parametrize("word, other", OTHER_WORDS.items())
def test_dutch_has_one_word_for_one_thing(word: str, other: str) -> None:
    wrong = []
    for entry in catalogue("nl"):
        said = entry.string if isinstance(entry.string, list | tuple) else [entry.string]
        wrong += [text for text in said if entry.id and re.search(other, text or "", re.IGNORECASE)]
    assert wrong == [], f"say “{word}”"
