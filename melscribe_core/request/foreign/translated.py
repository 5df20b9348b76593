"""A phrase that was read of words in another language; light, since English requests load it."""

from __future__ import annotations


class Translated(str):
    """An English phrase that was read of words in another language, `written`."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, meant: str, written: str) -> Translated:
        """Keep both forms; the phrase compares as the English one."""
        made = super().__new__(cls, meant)
        made.written = written
        return made

    def __reduce__(self) -> tuple[type[Translated], tuple[str, str]]:
        """Return what a copy is made from."""
        return Translated, (str(self), self.written)
