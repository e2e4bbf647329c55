"""The forms that stand on a page: where each goes, and what its fields hold and offer."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

Offers = dict[str, list[str]]


@dataclass
class PostForm:
    """A form that posts: its address, and for each field every value it holds or offers."""

    action: str
    fields: Offers = field(default_factory=lambda: defaultdict(list))
    # Where a person types.
    lines: set[str] = field(default_factory=set)
    blocks: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PostForm] = []
        self.links: list[str] = []
        self.open: PostForm | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form" and given.get("method") == "post":
            self.open = PostForm(given["action"])
            self.forms.append(self.open)
        if tag == "select":
            self.select = given.get("name", "")
        name = self.select if tag == "option" else given.get("name", "")
        if self.open and name and tag in {"input", "button", "textarea", "option", "select"}:
            self.open.fields[name].append(given.get("value", ""))
            self._typed_into(self.open, tag, name, given)

    def _typed_into(self, form: PostForm, tag: str, name: str, given: dict[str, str]) -> None:
        if tag == "textarea":
            form.blocks.add(name)
        elif tag == "input" and given.get("type", "text") in {"text", "search"}:
            form.lines.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "select":
            self.select = ""


def forms_on(html: str) -> list[PostForm]:
    """Return every form of a page that posts."""
    return _read(html).forms


def links_on(html: str) -> list[str]:
    """Return the address of every link."""
    return _read(html).links


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader
