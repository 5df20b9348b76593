"""Artists whose name is spelt wrongly, by the letters or as it is heard."""

from __future__ import annotations

from collections.abc import Iterator

from melscribe_core.request.folding import fold_name
from melscribe_core.request.names import CLOSE, SHORTEST_CLOSE, KindOfNames, Named, named_alike
from melscribe_core.request.spelling import distance_from, sound_of

HEARD = 0.34  # highest edit distance per letter of names that sound alike
OF_A_WORD = 0.5  # likewise of one of several words
OF_A_SURNAME = 0.25  # likewise of a surname, of which there are many
SHORTEST_SURNAME = 5  # letters
CLEARLY = 0.04  # by how much nearer the name is than any other


def misspelt(said: str, names: KindOfNames) -> Named | None:
    """Return the name that is most probably meant, though spelt wrongly; None if it is not clear.

    A name is close enough with one edit in seven letters, or with more if it sounds alike. What
    consists of ordinary words, and a well-known act that is not here, are no slips.
    """
    key = fold_name(said)
    if len(key) < SHORTEST_CLOSE or not _may_be_misspelt(key):
        return None
    found: dict[str, tuple[float, str]] = {}
    for spelling in _spellings(key):
        for share, other, name in _near(spelling, names):
            found[other] = min(found.get(other, (share, name)), (share, name))
    ranked = sorted(found.values())
    if not ranked or (len(ranked) > 1 and ranked[1][0] - ranked[0][0] < CLEARLY):
        return None
    return named_alike(said, names, ranked[0][1])


def _may_be_misspelt(key: str) -> bool:
    from melscribe_core.request.grammar import lexicon

    if {key, f"the {key}"} & lexicon.acts() or lexicon.kind_of(*key.split(" ")):
        return False
    words = key.split(" ")
    rare = [word for word in words if lexicon.is_rare(word) and not lexicon.kind_of(word)]
    return bool(rare) and (len(words) > 1 or not lexicon.is_listed(key))


def _spellings(key: str) -> Iterator[str]:
    """Yield a folded name, and the name without the "s" of "drakes"."""
    yield key
    if key.endswith("s") and len(key) > SHORTEST_CLOSE:
        yield key[:-1]


def _near(key: str, names: KindOfNames) -> Iterator[tuple[float, str, str]]:
    """Yield (edits per letter, folded name, name) of the names that may be meant."""
    distance = distance_from(key)
    for other, (name, _) in names.close(key, CLOSE).known.items():
        if (share := distance(other, CLOSE)) <= CLOSE:
            yield share, other, name
    for other, (name, _) in names.sounding(key).known.items():
        share = distance(other, HEARD)
        if share <= HEARD and _sound_alike(key, other):
            yield share, other, name
        last = other.rpartition(" ")[2]
        if " " not in key and last != other and min(len(last), len(key)) >= SHORTEST_SURNAME:
            share = distance(last, OF_A_SURNAME)
            if share <= OF_A_SURNAME and sound_of(key) == sound_of(last):
                yield share, other, name


def _sound_alike(key: str, other: str) -> bool:
    """Return whether two folded names sound alike, and each word is like that of the other."""
    if sound_of(key).replace(" ", "") != sound_of(other).replace(" ", ""):
        return False
    words, others = key.split(" "), other.split(" ")
    if len(words) != len(others):
        return True
    pairs = zip(words, others, strict=True)
    return all(distance_from(word)(of_other, OF_A_WORD) <= OF_A_WORD for word, of_other in pairs)
