"""What somebody else wrote, so that a reader sees all of it: nothing turned around, nothing without width."""

import re

# Marks of direction, spaces of no width, fillers, tags and variations that change nothing one could see otherwise.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff"
    "\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Two of them write Persian, the scripts of India and many an emoji; between such characters they stay as they are.
_JOINING = "(?<=[^\x00-\x7f\u200b-\u200f])[\u200c\u200d](?=[^\x00-\x7f\u200b-\u200f])"
_FOUND = re.compile(f"({_JOINING})|[{_UNSEEN}]")


def shown(text: object) -> str:
    """Return the text with every character that hides or moves others written out, as in ⟨U+202E⟩."""
    return _FOUND.sub(lambda found: found[1] or f"⟨U+{ord(found[0]):04X}⟩", str(text))
