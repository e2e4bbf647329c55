"""People who press whatever stands on the pages of one incident, in any order: new rooms are found by their links."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from tests.people import Seat
from tests.web.pages_read import PostForm, forms_on, links_on

# What takes the case itself away, shows a name, or wants a file.
LEFT_OUT = ("/erasure", "/access", "/files", "/identity", "?show=")
WORDS = ("The key was safe", "New: it was copied", "Acme Ltd", "12", "2000", "")
PARTS = ("day", "month", "year", "hour", "minute")
PART = re.compile(rf"(.+)_({'|'.join(PARTS)})")
STEPS = (timedelta(minutes=1), timedelta(hours=1), timedelta(hours=13))
# Most of a form is filled in as it asks; now and then something is not.
CARELESS = 0.1


@dataclass
class Walk:
    """Where the walk is: who sits where, the incidents, the moment, the pages that were found, and what was pressed."""

    seats: list[Seat]
    references: tuple[str, ...]
    chance: random.Random
    began: datetime
    now: datetime
    pages: list[str] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)

    @property
    def bases(self) -> list[str]:
        return [f"/desk/incidents/{reference}" for reference in self.references]

    async def step(self) -> str:
        """Let time pass, open a page, send one of its forms; return where to, and the status."""
        self.now += self.chance.choice(STEPS)
        seat, path = self.chance.choice(self.seats), self.chance.choice(self.pages or self.bases)
        shown = await seat.get(path)
        assert shown.status_code < 500, path
        self._find(shown)
        ours = [form for form in forms_on(shown.text) if self._is_ours(form.action)]
        if not ours:
            return f"GET {path}"
        # What was pressed often gives way to what was not.
        weights = [1 / (1 + self.pressed[self._noun(form.action)]) for form in ours]
        (form,) = self.chance.choices(ours, weights)
        answer = await seat.client.post(form.action, data=self._filled(form))
        assert answer.status_code < 500, (form.action, answer.text)
        if answer.is_redirect:
            self.pressed[self._noun(form.action)] += 1
        return f"POST {form.action} {answer.status_code} {self.now}"

    def _noun(self, action: str) -> str:
        return re.sub(r"[0-9a-f-]{36}", "…", action)

    def _find(self, shown: httpx.Response) -> None:
        for link in (link.partition("#")[0] for link in links_on(shown.text)):
            if link not in self.pages and self._is_ours(link):
                self.pages.append(link)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(tuple(self.bases)) and not any(word in path for word in LEFT_OUT)

    def _filled(self, form: PostForm) -> dict[str, str]:
        typed = {name: self.chance.choice(WORDS) for name in sorted(form.lines | form.blocks)}
        moments = {found[1] for name in form.fields if (found := PART.fullmatch(name))}
        for name in sorted(moments):
            typed |= self._moment(name)
        zones = {name: values[0] for name, values in form.fields.items() if name.endswith("_zone")}
        offered = {name: self.chance.choice(values) for name, values in form.fields.items()}
        filled = {**offered, **typed, **zones}
        if "into" in filled:
            filled["into"] = self.chance.choice(self.references)
        if self.chance.random() < CARELESS:
            filled.pop(self.chance.choice(sorted(filled)))
        return filled

    def _moment(self, name: str) -> dict[str, str]:
        """Return some moment since shortly before it began, mostly one that has passed."""
        past = (self.now - self.began) / timedelta(minutes=1)
        at = self.began + timedelta(minutes=self.chance.uniform(-300, past * 1.05))
        local = at.astimezone(ZoneInfo("Europe/Amsterdam"))
        return {f"{name}_{part}": str(getattr(local, part)) for part in PARTS}
