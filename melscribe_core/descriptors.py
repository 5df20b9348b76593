"""The facts of a track -> its descriptor set -> one text: the same for serving and for training.

A text is the set's descriptors in alphabetical order, joined by SEPARATOR. `vocabulary` spells each
tag; this file knows which fields there are and what each one says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b

from melscribe_core.vocabulary import Vocabulary, load_vocabulary, read, table

Facts = Mapping[str, object]
Found = Iterable[
    tuple[str, str]
]  # (descriptor, the field that gave it and, when telling, its value)

SEPARATOR = ", "
FROM_FILE = "file:"  # prefix of a fact that was read from the file itself

MAX_DESCRIPTORS = (
    64  # of one track: ten times what people write, and what the encoder can still read
)
MAX_VALUES = 512  # values read of one field, so that a damaged list of a million costs nothing

LIKELY = (
    0.8  # a classifier's probability: below it AcousticBrainz moods are wrong too often to be said
)
SPOTIFY_HIGH = 0.8  # of 0..1: Spotify's documentation calls values above 0.8 a strong likelihood
SPOTIFY_LOW = 0.2  # the mirror of it: as clearly the opposite
SLOW_BELOW = 90.0  # beats per minute: ballads, downtempo, most dub
FAST_FROM = (
    130.0  # above house and disco (115..128), which people dance to without calling them fast
)
FIRST_YEAR, LAST_YEAR = 1900, 2100  # recorded music; anything else is a typing error

VERSION = 1  # to be raised whenever this file or vocabulary.py reads some fact differently

TAGS = ("genres", "style", "grouping", "mood", "usertags")
LIKELIHOODS = {
    "mood_acoustic": "acoustic",
    "mood_aggressive": "aggressive",
    "mood_electronic": "electronic",
    "mood_happy": "happy",
    "mood_party": "party",
    "mood_relaxed": "relaxed",
    "mood_sad": "sad",
    "danceable": "danceable",
    "is_voice": "vocals",
    "is_instrumental": "instrumental",
    "is_female": "female vocals",
    "is_male": "male vocals",
    "mood_mirex_cluster_1": "passionate|rousing",
    "mood_mirex_cluster_2": "cheerful|fun",
    "mood_mirex_cluster_3": "wistful|bittersweet",
    "mood_mirex_cluster_4": "humorous|quirky",
    "mood_mirex_cluster_5": "aggressive|intense",
}
SPOTIFY = {  # field -> (what a high value says, what a low one says)
    "spotify_acousticness": ("acoustic", ""),
    "spotify_danceability": ("danceable", ""),
    "spotify_energy": ("energetic", "calm"),
    "spotify_instrumentalness": ("instrumental", ""),
    "spotify_liveness": ("live", ""),
    "spotify_speechiness": ("spoken word", ""),
    "spotify_valence": ("happy", "sad"),
}
WORDS = {  # field -> value -> what it says; other values say nothing
    "voice_instrumental": {"voice": "vocals", "instrumental": "instrumental"},
    "gender": {"female": "female vocals", "male": "male vocals"},
    "timbre": {"bright": "bright sound", "dark": "dark sound"},
}


@dataclass(frozen=True)
class DescriptorSet:
    """What a track's tags say: sorted unique descriptors, and for each the fields that gave it.

    A source is a field's name, followed by a space and the value where that tells more
    ("mood_happy 0.93", "year 1994"); one from the file itself begins with FROM_FILE.
    """

    descriptors: tuple[str, ...]
    sources: Mapping[str, tuple[str, ...]]

    @property
    def text(self) -> str:
        """Return the descriptors joined by SEPARATOR, "" when there are none."""
        return SEPARATOR.join(self.descriptors)


@dataclass(frozen=True)
class Rules:
    """What counts as a descriptor. `fields` are the facts that are read; facts of the same names
    with FROM_FILE in front are read alike. `fingerprint` changes whenever some result could."""

    fields: tuple[str, ...]
    fingerprint: str
    vocabulary: Vocabulary


def load_rules(
    *,
    fields: Iterable[str] = (),
    junk: Iterable[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Rules:
    """Return the shipped rules with a person's own fields, junk and aliases added.

    `fields` are read as tags, like genres. Raises MelScribeError naming the setting that is wrong.
    """
    vocabulary = load_vocabulary(junk, aliases)
    names = tuple(dict.fromkeys([*_READERS, *fields]))
    mark = repr((VERSION, names, vocabulary.fingerprint, sorted(_languages().items())))
    return Rules(names, blake2b(mark.encode(), digest_size=8).hexdigest(), vocabulary)


def descriptor_set(facts: Facts, rules: Rules) -> DescriptorSet:
    """Return what the facts say. Unknown facts, and values that cannot be read, say nothing."""
    sources: dict[str, list[str]] = {}
    for name in rules.fields:
        for fact in (name, FROM_FILE + name):
            value = facts.get(fact)
            if value is None or value == "":
                continue
            for descriptor, source in _READERS.get(name, _tags)(fact, value, rules):
                if descriptor in sources or len(sources) < MAX_DESCRIPTORS:
                    sources.setdefault(descriptor, []).append(source)
    names = tuple(sorted(sources))
    return DescriptorSet(names, {n: tuple(dict.fromkeys(sources[n])) for n in names})


def text_of(tags: Iterable[str], rules: Rules | None = None) -> str:
    """Return the text of bare tags, "" when none says anything. A text's own parts give it again."""
    vocabulary = (rules or _shipped_rules()).vocabulary
    found: dict[str, None] = {}
    for tag in tags:
        found.update(dict.fromkeys(read(tag, vocabulary)))
    return SEPARATOR.join(sorted(list(found)[:MAX_DESCRIPTORS]))


@cache
def _shipped_rules() -> Rules:
    return load_rules()


def _tags(fact: str, value: object, rules: Rules) -> Found:
    for text in _texts(value):
        for descriptor in read(text, rules.vocabulary):
            yield descriptor, fact


def _likelihood(fact: str, value: object, rules: Rules) -> Found:
    share = _number(value)
    if LIKELY <= share <= 1:
        for word in LIKELIHOODS[fact.removeprefix(FROM_FILE)].split("|"):
            yield word, f"{fact} {share:.2f}"


def _spotify(fact: str, value: object, rules: Rules) -> Found:
    high, low = SPOTIFY[fact.removeprefix(FROM_FILE)]
    share = _number(value)
    if SPOTIFY_HIGH <= share <= 1:
        yield high, f"{fact} {share:.2f}"
    elif low and 0 <= share <= SPOTIFY_LOW:
        yield low, f"{fact} {share:.2f}"


def _word(fact: str, value: object, rules: Rules) -> Found:
    said = WORDS[fact.removeprefix(FROM_FILE)]
    for text in _texts(value):
        if found := said.get(text.strip().lower()):
            yield found, fact


def _decade(fact: str, value: object, rules: Rules) -> Found:
    year = _number(value)
    if FIRST_YEAR <= year <= LAST_YEAR:
        yield f"{int(year) // 10 * 10}s", f"{fact} {int(year)}"


def _tempo(fact: str, value: object, rules: Rules) -> Found:
    bpm = _number(value)
    if not bpm > 0:
        return
    word = "slow" if bpm < SLOW_BELOW else "mid-tempo" if bpm < FAST_FROM else "fast"
    yield word, f"{fact} {bpm:.0f}"


def _language(fact: str, value: object, rules: Rules) -> Found:
    for text in _texts(value):
        if name := _languages().get(text.strip().lower()):
            yield name, f"{fact} {text}"


def _texts(value: object) -> Iterator[str]:
    values = value if isinstance(value, (list, tuple)) else (value,)
    return (text for text in values[:MAX_VALUES] if isinstance(text, str))


def _number(value: object) -> float:
    """Return the (first) value as a number, NaN when it is none."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if isinstance(value, (str, int, float)):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    return math.nan


@cache
def _languages() -> Mapping[str, str]:
    return {code: name for name, codes in table("languages.txt") for code in (name, *codes)}


_READERS: dict[str, Callable[[str, object, Rules], Found]] = (
    dict.fromkeys(TAGS, _tags)
    | dict.fromkeys(LIKELIHOODS, _likelihood)
    | dict.fromkeys(SPOTIFY, _spotify)
    | dict.fromkeys(WORDS, _word)
    | {"original_year": _decade, "year": _decade, "bpm": _tempo, "language": _language}
)
