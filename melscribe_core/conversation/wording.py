"""Wording: the words of clauses as the request grammar and the look-up of names read them."""

from __future__ import annotations

import re

from melscribe_core.conversation.edges import IsName

_NEAR = re.compile(r"^(?:anything |something |songs )?(?:more )?(?:closely|closer) to\s+", re.I)
_OF_THINGS = re.compile(
    r"^(?:(?:more |other )*(?:songs|tracks|tunes|ones|options?|stuff|suggestions|choices|hits|music"
    r"|something|anything)\s+)?(by|from)\s+",
    re.IGNORECASE,
)
_POINTING = frozenset("one ones last first second third fourth fifth rest others other".split())
# Around what is to be taken out: "any of the songs by A at all because ...".
_OUT_FIRST = re.compile(
    r"^(?:(?:any|all|of|the|those|these|your|that|more|so|many|much|most|other|some|both|a|lot|this"
    r"|my)\s+)*(?:(?:songs?|tracks?|tunes?|suggestions?|ones?|stuff|things?|music|picks?|choices?"
    r"|anything|everything|recommendations?)\s+(?:by|from|of)\s+)?(?:the\s+(?=[a-z]))?"
)
_OUT_LAST = re.compile(
    r"(?:['’]s?)?\s+(?:songs?|tracks?|tunes?|ones?|stuff|things?|music|numbers?|suggestions?"
    r"|picks?)$"
)
_OUT_REASON = re.compile(
    r"\s+(?:as|because|since|cause|cuz|so|for a|they|it|which|that|he|she|here)\s.*$"
    r"|\s+(?:here|there|either|that much|very much|much|at all|please|anymore|any more|again)$"
)
_MORE = re.compile(r"^((?:something|anything|some)\s+)?more\s+", re.IGNORECASE)
_PARTED = re.compile(r"\s*,\s*(?:and |or |nor )?\s*|\s+(?:and|or|nor|&)\s+", re.IGNORECASE)


def parts_of(text: str) -> list[str]:
    """Return the parts of a list, none of them empty: "A, B and C" -> A, B, C."""
    return [part for part in _PARTED.split(text) if part]


def worded(text: str, *, replaces: bool) -> str:
    """Return words as the request grammar reads them best: "songs by Cher" for "by Cher".

    With `replaces`, "more" is left out: "something more festive" takes the place of what was asked.
    """
    if replaces:
        text = _MORE.sub(r"\1", text)
    text = _NEAR.sub("something similar to ", _OF_THINGS.sub(r"songs \1 ", text))
    text = " ".join(text.removeprefix("of ").split())
    return f"something {text}" if text.startswith("like ") else text


def joined(words: list[tuple[str, str]]) -> str:
    """Return the words of several clauses as one text; each comes with the joint before it."""
    text = ""
    for joint, said in words:
        if text:
            text += f" {joint} " if joint in ("and", "but", "or") else ", " if joint else " "
        text += said
    return text.strip(" ,;:.!?")


def names_in(phrase: str, is_name: IsName) -> list[str]:
    """Return the names or descriptions of a phrase: "any songs by A or B" -> A, B."""
    for whole in (phrase, _bare(phrase)):
        if is_name(whole):
            return [whole]
    bare = _bare(phrase)
    return [name for part in parts_of(bare) if (name := _bare(part))]


def _bare(phrase: str) -> str:
    """Return a phrase without the words around it; "the last one" stays as it is."""
    phrase = _OUT_REASON.sub("", " ".join(phrase.split()))
    bare = _OUT_LAST.sub("", _OUT_FIRST.sub("", phrase)).strip(" ,.!?")
    return phrase if bare.casefold() in _POINTING else bare
