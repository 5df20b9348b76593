"""The facts of a track -> its descriptor set -> one text, the same for serving and for training.

A text is the set's descriptors in alphabetical order, joined by SEPARATOR. `fields` defines what
the value of a field means, `vocabulary` how a descriptor is spelt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b

from melscribe_core.descriptors.fields import (
    COMPILATION_FIELDS,
    INSTEAD_OF,
    READERS,
    SINGERS,
    is_compilation,
    read_tags,
)
from melscribe_core.descriptors.spelt import AS_WRITTEN, Spelt, in_english
from melscribe_core.descriptors.tables import table
from melscribe_core.descriptors.vocabulary import (
    REMEMBERED,
    Vocabulary,
    load_vocabulary,
    read_tag,
)
from melscribe_core.errors import MelScribeError

Facts = Mapping[str, object]
"""Field name -> value as beets holds it: text, a list of texts, a number or None."""

SEPARATOR = ", "
FROM_FILE = "file:"  # in front of a field's name: the value was read from the audio file
FROM_ALBUM = "album:"  # in front of a field's name: the track has no value, its album has this one
MAX_DESCRIPTORS = 64  # of one track: six times the usual; an encoder reads no more
# On a compilation these are the dates of the release, not of its tracks.
RELEASED = frozenset(("year", FROM_ALBUM + "year", FROM_ALBUM + "original_year"))
VERSION = 3  # raise it when a module of this wing, or a glossary, reads a value differently


@dataclass(frozen=True)
class DescriptorSet:
    """The descriptors of a track, sorted, each once, and the facts that each is taken from.

    A source is a fact's name, then, where it is informative, a space and the value: "genres",
    "file:mood", "album:style", "mood_happy 0.93", "year 1994". `dropped` counts the values without
    meaning and the descriptors beyond MAX_DESCRIPTORS. `spelt` says which are in another language
    in the tags.
    """

    descriptors: tuple[str, ...]
    sources: Mapping[str, tuple[str, ...]]
    dropped: int = 0
    spelt: Spelt = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The descriptors joined by SEPARATOR, "" when there are none."""
        return SEPARATOR.join(self.descriptors)


@dataclass(frozen=True)
class Rules:
    """What counts as a descriptor.

    `fields` are the facts that are read; a fact with FROM_ALBUM or FROM_FILE in front is read like
    the one without. `fingerprint` changes whenever the set of some track could change.
    """

    fields: tuple[str, ...]
    fingerprint: str
    vocabulary: Vocabulary
    places: Mapping[str, int]  # fact -> its turn; facts read first are kept if there are too many


def load_rules(
    *,
    fields: Iterable[str] = (),
    junk: Iterable[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Rules:
    """Return the shipped rules with the user's fields, junk and aliases added.

    `fields` are read as free tags; for `junk` and `aliases` see `load_vocabulary`. Raises
    MelScribeError naming the setting and the entry that cannot be understood.
    """
    vocabulary = load_vocabulary(junk, aliases)
    names = tuple(dict.fromkeys([*READERS, *map(_checked_field, fields)]))
    facts = [fact for name in names for fact in (name, FROM_ALBUM + name, FROM_FILE + name)]
    mark = repr((VERSION, names, vocabulary.fingerprint, [*table("languages.txt")]))
    fingerprint = blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    wanted = tuple(dict.fromkeys([*names, *COMPILATION_FIELDS]))
    return Rules(wanted, fingerprint, vocabulary, {fact: turn for turn, fact in enumerate(facts)})


def descriptor_set(facts: Facts, rules: Rules) -> DescriptorSet:
    """Return the descriptor set of these facts; unknown facts and unreadable values are ignored."""
    sources: dict[str, dict[str, None]] = {}  # the inner keys in order, each once
    spelt: dict[str, dict[str, None]] = {}
    heard: set[str] = set()
    dropped = 0
    undated = _undated(facts)
    for fact in sorted(rules.places.keys() & facts.keys() - undated, key=rules.places.__getitem__):
        name = _field_of(fact)
        if INSTEAD_OF.get(name) in heard or (name in SINGERS and "instrumental" in sources):
            continue
        for words, detail in READERS.get(name, read_tags)(name, facts[fact]):
            for descriptor, written in _read(words, rules.vocabulary):
                if descriptor and (descriptor in sources or len(sources) < MAX_DESCRIPTORS):
                    sources.setdefault(descriptor, {})[fact + detail] = None
                    spelt.setdefault(descriptor, {})[written] = None
                    heard.add(name)
                else:
                    dropped += 1
    found = sorted(sources)
    foreign = {name: tuple(own) for name, own in spelt.items() if [*own] != [name]}
    by_name = {name: tuple(sources[name]) for name in found}
    return DescriptorSet(tuple(found), by_name, dropped, foreign or AS_WRITTEN)


def text_of(tags: Iterable[str], rules: Rules | None = None) -> str:
    """Return the text of tags without fields, "" when none names a descriptor.

    The text of a text is the text itself. At most the first MAX_DESCRIPTORS descriptors are kept.
    Without `rules` the shipped ones apply.
    """
    vocabulary = (rules or _shipped_rules()).vocabulary
    found = dict.fromkeys(name for tag in tags for name in read_tag(tag, vocabulary))
    return SEPARATOR.join(sorted(list(found)[:MAX_DESCRIPTORS]))


@cache
def _shipped_rules() -> Rules:
    return load_rules()


@lru_cache(maxsize=REMEMBERED)
def _read(words: str, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Return the descriptors of a value in English, each with how it is written; "" for junk."""
    return tuple(_in_english(words, vocabulary))


def _in_english(words: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    for written in read_tag(words, vocabulary) or ("",):
        english = in_english(written, vocabulary) if written else None
        for descriptor in (written,) if english is None else english or ("",):
            yield descriptor, written


def _field_of(fact: str) -> str:
    return fact.removeprefix(FROM_FILE).removeprefix(FROM_ALBUM)


def _undated(facts: Facts) -> frozenset[str]:
    """Return the facts whose dates are not those of the tracks: for compilations, else none."""
    together = {_field_of(fact): value for fact, value in facts.items()}
    return RELEASED if is_compilation(together) else frozenset()


def _checked_field(name: str) -> str:
    bare = _field_of(name.strip())
    if not bare:
        raise MelScribeError(f"fields: {name!r} is no field; write the name of one or remove it.")
    return bare
