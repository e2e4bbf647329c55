"""Staff see what a reporter wrote as it is: nothing hides in it, and nothing turns around what stands beside it."""

import re
import sys
import unicodedata

import pytest

from incidentdesk.web import pages
from incidentdesk.web.pages import Desk
from incidentdesk.web.shown import shown
from tests.people import Sit
from tests.web.told import told

# How words are shown, wherever they were kept.
pytestmark = pytest.mark.either_database

# Marks that are formats by name and still seen: they stand before or over a number or a verse.
SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
# The mongolian ones, the fillers and the variations are no formats by name, and still not seen.
UNSEEN = {
    0x34F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    *range(0x180B, 0x1810),
    0x2028,
    0x2029,
    0x3164,
    0xFFA0,
    *range(0xFE00, 0xFE0E),
}
CANARIES = [
    *map(chr, (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0x61C, 0xFEFF, 0x180E))
]
WRITTEN = re.compile(r"<textarea.*?</textarea>|value=\"[^\"]*\"", re.DOTALL)


def test_every_character_that_cannot_be_seen_is_written_out_and_no_other() -> None:
    for number in range(sys.maxunicode + 1):
        hidden = number in UNSEEN or (unicodedata.category(chr(number)) == "Cf" and number not in SEEN)
        blank = unicodedata.category(chr(number)) in {"Cn", "Cs"}
        assert blank or (shown(chr(number)) != chr(number)) is (hidden or 0xE0100 <= number <= 0xE01EF), hex(number)


@pytest.mark.parametrize("text", ["👩‍👩‍👧‍👦 ❤️‍🔥 🏳️‍🌈", "می‌خواهم", "क्‍ष", "Zoë 安全 שלום مرحبا e\u0301", "one\n\ttwo"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    "text, expected",
    [
        ("gpj.\u202eexe", "gpj.⟨U+202E⟩exe"),
        ("pay\u200bpal", "pay⟨U+200B⟩pal"),
        ("pay\u200dpal", "pay⟨U+200D⟩pal"),
        ("é\u200d\u200dé", "é⟨U+200D⟩⟨U+200D⟩é"),
        ("\u200cé", "⟨U+200C⟩é"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_what_hides_is_written_out(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.either_database
async def test_no_page_of_the_staff_holds_one_raw(desk: Desk, sit: Sit) -> None:
    telling = await told(desk, sit, [f"a{''.join(CANARIES)}z"])
    assert sum("⟨U+202E⟩" in answer.text for _, answer in telling.pages) > 20
    for name, answer in telling.pages:
        if "/desk" in name:
            assert not set(CANARIES) & set(WRITTEN.sub("", answer.text)), name


def test_every_place_for_others_words_writes_out_what_hides() -> None:
    found = {
        f"{path.name}: {inside}"
        for path in pages.TEMPLATES.rglob("*.html")
        if path.parent.name not in {"intake", "mail"}
        for inside in re.findall(r"<bdi(?:[^>{]|{%.*?%}|{{.*?}})*>(.*?)</bdi>", path.read_text(encoding="utf-8"))
    }
    assert len(found) > 10
    assert [place for place in found if "|shown" not in place] == []
