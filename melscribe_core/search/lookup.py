"""The words of a request as they are looked up: in the spelling of descriptors, absences whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from melscribe_core.descriptors.absences import is_absence
from melscribe_core.descriptors.sets import SEPARATOR, Rules, text_of
from melscribe_core.search.mentions import Mention, respelt
from melscribe_core.search.words import content_words

LONGEST_RUN = 3  # words of a request that may be one descriptor in another spelling


def words_asked(
    text: str, mentions: Sequence[Mention], rules: Rules | None = None
) -> tuple[str, ...]:
    """Return the words of a text to look up, each once; `mentions` are those of the text.

    Descriptors of the library are spelt as there: "male vocalist" gives "male", "vocals". An
    absence is one word, after the others: "no drums" must not find "drums".
    """
    absent = [name for mention in mentions for name in mention.descriptors if is_absence(name)]
    present = [
        replace(mention, descriptors=tuple(d for d in mention.descriptors if d not in absent))
        for mention in mentions
    ]
    words = respelt_words(content_words(respelt(text, present)), rules)
    return tuple(dict.fromkeys((*words, *absent)))


def respelt_words(words: Sequence[str], rules: Rules | None = None) -> tuple[str, ...]:
    """Return words as the descriptors spell them: "synth", "pop" as "synthpop"; "rnb" as "r", "b".

    The longest run of words that is one descriptor in another spelling is replaced.
    """
    found: list[str] = []
    start = 0
    while start < len(words):
        for length in range(min(LONGEST_RUN, len(words) - start), 0, -1):
            said = " ".join(words[start : start + length])
            written = text_of([said], rules)
            if length == 1 or (written and written != said and SEPARATOR not in written):
                break
        found += content_words(written) or words[start : start + length]
        start += length
    return tuple(dict.fromkeys(found))
