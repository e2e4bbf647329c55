"""What of a version was copied by hand into an authority's own form: by whom, when, and what changed since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from incidentdesk.breach.notification import paper
from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.notification.queries import Draft, Kept
from incidentdesk.rules import notification as rules
from incidentdesk.tables import NotificationCopy, NotificationVersion


@dataclass(frozen=True)
class Copied:
    """The answers of a version, in the form's order. `done`: those that stand in the authority's form, by the tick that says so."""

    keys: Sequence[str]
    done: Mapping[str, NotificationCopy]
    # Copied from a version before this one, and answered otherwise since.
    changed: frozenset[str]
    # A tick in the same form that cannot be read: nobody knows which answers it was about.
    damaged: bool = False

    @property
    def left(self) -> list[str]:
        """What is not copied yet."""
        return [key for key in self.keys if key not in self.done]

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """When the first and the last of them was ticked off; None while none was."""
        moments = [row.copied_at for row in self.done.values()]
        return (min(moments), max(moments)) if moments else None


def copied_of(draft: Draft, version: NotificationVersion) -> Copied:
    """Return what was copied of this version. What was copied of an earlier one stands while it says the same."""
    keys = rules.keys_in(paper.states_of(version), *paper.ANSWERED)
    newest = {key: row for key, row in _ticks(draft.kept, version) if key in keys}
    earlier = {row.version_id for row in newest.values()} - {version.id}
    same = {one.id: _said_alike(one, version) for one in draft.kept.versions if one.id in earlier}
    changed = frozenset(
        key for key, row in newest.items() if row.version_id in same and key not in same[row.version_id]
    )
    done = {key: row for key, row in newest.items() if key not in changed}
    return Copied(keys, done, changed, any(row.damaged for row in _rows(draft.kept, version)))


def _ticks(kept: Kept, version: NotificationVersion) -> Iterator[tuple[str, NotificationCopy]]:
    """Yield what stands in the same form of the authority, by the newest tick of each answer."""
    ticked: dict[str, NotificationCopy] = {}
    for row in _rows(kept, version):
        for key in row.fields:
            ticked.pop(key, None)
            if not row.taken_back:
                ticked[key] = row
    yield from ticked.items()


def _rows(kept: Kept, version: NotificationVersion) -> list[NotificationCopy]:
    """Return what was ticked in the same form of the authority, which was begun after the last filing before this version."""
    filed = [one.number for one in kept.versions if one.number < version.number and kept.is_filed(one)]
    numbers = {one.id: one.number for one in kept.versions}
    return [row for row in kept.copies if max(filed, default=0) < numbers[row.version_id] <= version.number]


def _said_alike(before: NotificationVersion, version: NotificationVersion) -> frozenset[str]:
    """Return the fields that both answer with the same words and choices, none where another form asks them."""
    old, new = sheets.from_json(before.values), sheets.from_json(version.values)
    alike = frozenset(key for key, given in new.items() if given.says_as(old.get(key, sheets.EMPTY)))
    return alike if before.form == version.form else frozenset()
