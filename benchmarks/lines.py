"""What is printed: one figure a line, and whether it keeps its promise."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure. `kept` is None where nothing is promised."""

    what: str
    figure: str
    kept: bool | None = None

    def __str__(self) -> str:
        """Return it as it is printed."""
        word = {None: "", True: "kept", False: "BROKEN"}[self.kept]
        return f"{self.what:<72} {self.figure:>16}  {word}".rstrip()
