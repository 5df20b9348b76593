"""What two spellings of one text or name have in common."""

from __future__ import annotations

import unicodedata

from melscribe_core.text import unaccented

_QUOTES = str.maketrans("’‘`´“”„«»", '\'\'\'\'"""""')
_ASCII_NAME = {
    number: chr(number).lower() if chr(number).isalnum() else " " for number in range(128)
}
_ASCII_NAME |= {ord("&"): " and ", ord("+"): " and ", ord("'"): ""}


def fold(text: str) -> str:
    """Return `text` case-folded in NFKC, with straight quotes."""
    return unicodedata.normalize("NFKC", text.translate(_QUOTES)).casefold()


def fold_name(name: str) -> str:
    """Return a name without case, accents, marks and a leading "the"; "&" and "+" become "and"."""
    # Most names of a library are ASCII: a translation table is faster than Unicode normalisation.
    spelled = (name.translate(_ASCII_NAME) if name.isascii() else _spelled(name)).split()
    if len(spelled) > 1 and spelled[0] == "the":
        spelled = spelled[1:]
    return " ".join(spelled) or fold(name).strip()


def _spelled(name: str) -> str:
    plain = fold(name).replace("&", " and ").replace("+", " and ").replace("'", "")
    return "".join(c if c.isalnum() else " " for c in unaccented(plain))
