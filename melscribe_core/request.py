"""The person's words -> constraints and the remaining free text."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

Span = tuple[float | None, float | None]


@dataclass(frozen=True)
class Request:
    """Hold what a request asks for; None and () mean that it was not said."""

    text: str
    about: str
    years: Span | None = None
    bpm: Span | None = None
    minutes: float | None = None
    count: int | None = None
    track_seconds: Span | None = None
    exclude: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return "text" and "about", and each constraint that was said; tuples become lists."""
        said: dict[str, object] = {"text": self.text, "about": self.about}
        for key in ("years", "bpm", "minutes", "count", "track_seconds", "exclude", "like", "by"):
            value = getattr(self, key)
            if value is not None and value != ():
                said[key] = list(value) if isinstance(value, tuple) else value
        return said


def parse(text: str, names: Container[str] | Callable[[str], bool] | None = None) -> Request:
    """Split a request into constraints and the free text that is left, `about`."""
    return Request(text=text, about=" ".join(text.split()))


def understood(request: Request) -> str:
    """Return what was understood in one line, "" when nothing was."""
    return ""
