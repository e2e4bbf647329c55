"""Nothing that anybody wrote is ever taken for a template, and nothing goes into a page unescaped but our own drawings."""

import re
from pathlib import Path

from incidentdesk.i18n import LANGUAGES
from incidentdesk.web.pages import PACKAGE, TEMPLATES, environment

# A code as a picture of squares: numbers only.
DRAWINGS = {"reporter_pages.py": 1, "factor_pages.py": 1}
UNESCAPED = re.compile(r"\|\s*safe\b|xmlattr|autoescape\s+false|\|\s*tojson|{%-?\s*include\s+[^'\"\s]")
COMPILED = re.compile(r"from_string\(|\.Template\(|render_template_string|SandboxedEnvironment|\beval\(|\bexec\(")


def texts(folder: Path, *endings: str) -> dict[str, str]:
    return {
        f"{path.relative_to(folder)}": path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.suffix in endings
    }


def test_no_page_lets_anything_through_as_it_is() -> None:
    found = texts(TEMPLATES, ".html")
    assert len(found) > 50
    assert [name for name, text in found.items() if UNESCAPED.search(text)] == []


def test_no_text_is_ever_compiled_and_only_drawings_are_marked_as_safe() -> None:
    code = texts(PACKAGE, ".py")
    assert [name for name, text in code.items() if COMPILED.search(text)] == []
    assert {Path(name).name: text.count("Markup(") for name, text in code.items() if "Markup(" in text} == DRAWINGS


def test_no_attribute_stands_without_quotes() -> None:
    bare = re.compile(r"<[a-z][^>{}]*\s[a-z-]+=\{\{")
    assert [name for name, text in texts(TEMPLATES, ".html").items() if bare.search(text)] == []


def test_a_template_becomes_the_same_program_in_every_language() -> None:
    first, *others = map(environment, LANGUAGES)
    for name in first.list_templates():
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        program = first.compile(text, name, raw=True)
        assert [one.compile(text, name, raw=True) == program for one in others] == [True] * len(others), name
