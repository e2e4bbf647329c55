"""What a person calls the browser a session is in, from the header it sends."""

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(header: str) -> str:
    """Return words such as "Firefox, Linux", or nothing when the header has none we know. First match counts:

    every browser also names those that it wants to pass for, and they stand later in the lists.
    """
    found = [next((name for mark, name in marks if mark in header), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found))
