"""Artists whose name is spelt wrongly, by the letters or as it is heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from melscribe_core.request.folding import fold_name
from melscribe_core.request.names import KindOfNames
from melscribe_core.request.resolution import CLOSE, Named, named_alike, surnamed
from melscribe_core.request.spelling import distance_from, sound_of

# Highest edit distance per letter of names that sound alike: of several words, of each of these,
# of a single word, and of a surname.
HEARD, OF_EACH, OF_ONE, OF_A_SURNAME = 0.34, 0.5, 0.25, 0.25
SHORTEST_WORD = 5  # letters of a name of one word, which is not spelt wrongly if shorter
SHORTEST_UNHEARD = 6  # letters of a name that may sound otherwise
SHORTEST_SURNAME = 6  # letters; there are many surnames
CLEARLY = 0.04  # by how much nearer the name is than any other


class _Guess(NamedTuple):
    """What may be meant: edits per letter, whether it is a surname only, and how it is spelt."""

    share: float
    is_surname: bool
    spelt: str


def misspelt(said: str, names: KindOfNames) -> Named | None:
    """Return the name that is most probably meant, though spelt wrongly; None if it is not clear.

    A name is close enough with one edit in seven letters, or with more if it sounds alike; so is a
    surname that sounds alike, which is that of all who have it. Ordinary words, and a well-known
    act that is not here, are no slips.
    """
    key = fold_name(said)
    if len(key) < SHORTEST_WORD or not _may_be_misspelt(key):
        return None
    guesses = sorted(guess for spelling in _spellings(key) for guess in _guesses(spelling, names))
    if not guesses:
        return None
    best = guesses[0]
    if any(_is_rival(guess, best) for guess in guesses[1:]):
        return None
    if not best.is_surname:
        return named_alike(said, names, best.spelt)
    found = surnamed(best.spelt, [names])
    return found and replace(found, said=said)


def _may_be_misspelt(key: str) -> bool:
    """Return whether a folded name has a rare word, and is no known act or musical phrase."""
    from melscribe_core.request.grammar import lexicon

    words = key.split(" ")
    if lexicon.is_known_act(key) or lexicon.kind_of(*words):
        return False
    if len(words) == 1 and lexicon.is_listed(key):
        return False
    return any(map(lexicon.is_rare, words))


def _spellings(key: str) -> Iterator[str]:
    """Yield a folded name, and the name without the "s" of "drakes"."""
    yield key
    if key.endswith("s") and len(key) > SHORTEST_WORD:
        yield key[:-1]


def _is_rival(guess: _Guess, best: _Guess) -> bool:
    """Return whether a guess is nearly as good, and neither the same nor a longer name."""
    is_longer = f" {best.spelt} " in f" {guess.spelt} "
    return guess.share - best.share < CLEARLY and not is_longer


def _guesses(key: str, names: KindOfNames) -> Iterator[_Guess]:
    """Yield the names and surnames that may be meant."""
    distance, sound = distance_from(key), sound_of(key)
    for other in filter(_is_long, names.close(key, CLOSE).known):
        share = distance(other, CLOSE)
        if share <= CLOSE and (len(key) >= SHORTEST_UNHEARD or sound == sound_of(other)):
            yield _Guess(share, False, other)
    most = HEARD if " " in key else OF_ONE
    for other in filter(_is_long, names.sounding(key).known):
        share = distance(other, most)
        if share <= most and _sound_alike(key, other):
            yield _Guess(share, False, other)
        last = other.rpartition(" ")[2]
        if " " in other and _may_be_surname(key, last):
            share = distance(last, OF_A_SURNAME)
            if 0 < share <= OF_A_SURNAME and sound == sound_of(last):
                yield _Guess(share, True, last)


def _is_long(other: str) -> bool:
    return len(other) >= SHORTEST_WORD


def _may_be_surname(key: str, last: str) -> bool:
    from melscribe_core.request.grammar import lexicon

    shortest = min(len(key), len(last))
    return " " not in key and shortest >= SHORTEST_SURNAME and lexicon.is_rare(last)


def _sound_alike(key: str, other: str) -> bool:
    """Return whether two folded names sound alike, and each word is like that of the other."""
    if sound_of(key).replace(" ", "") != sound_of(other).replace(" ", ""):
        return False
    words, others = key.split(" "), other.split(" ")
    if len(words) != len(others):
        return True
    pairs = zip(words, others, strict=True)
    return all(distance_from(word)(of_other, OF_EACH) <= OF_EACH for word, of_other in pairs)
