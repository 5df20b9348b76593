"""The facts of a track -> its descriptor set -> one text, the same for serving and for training.

A text is the set's descriptors in alphabetical order, joined by SEPARATOR. `fields` knows what the
value of a field says, `vocabulary` how a descriptor is spelt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from melscribe_core.descriptors.fields import (
    INSTEAD_OF,
    READERS,
    SINGERS,
    TELLING,
    is_compilation,
    read_tags,
)
from melscribe_core.descriptors.tables import table
from melscribe_core.descriptors.vocabulary import Vocabulary, load_vocabulary, read
from melscribe_core.errors import MelScribeError

Facts = Mapping[str, object]
"""Field name -> value as beets holds it: text, a list of texts, a number or None."""

SEPARATOR = ", "
FROM_FILE = "file:"  # in front of a field's name: the fact was read from the file itself
FROM_ALBUM = "album:"  # the same: the track says nothing there, and its album says this
MAX_DESCRIPTORS = 64  # of one track: six times what people write; an encoder reads no further
# What dates a compilation, not its tracks.
RELEASED = frozenset(("year", FROM_ALBUM + "year", FROM_ALBUM + "original_year"))
VERSION = 2  # to be raised when the code of fields.py or vocabulary.py reads a value differently


@dataclass(frozen=True)
class DescriptorSet:
    """What a track's facts say: descriptors, sorted, each once; and which facts said each.

    A source is a fact's name, then where it tells more a space and the value: "genres",
    "file:mood", "album:style", "mood_happy 0.93", "year 1994". `dropped` counts the values that say
    nothing and the descriptors beyond MAX_DESCRIPTORS.
    """

    descriptors: tuple[str, ...]
    sources: Mapping[str, tuple[str, ...]]
    dropped: int = 0

    @property
    def text(self) -> str:
        """The descriptors joined by SEPARATOR, "" when there are none."""
        return SEPARATOR.join(self.descriptors)


@dataclass(frozen=True)
class Rules:
    """What counts as a descriptor.

    `fields` are the facts to be read; a fact with FROM_ALBUM or FROM_FILE in front is read like
    the one without. `fingerprint` changes whenever the set of some track could.
    """

    fields: tuple[str, ...]
    fingerprint: str
    vocabulary: Vocabulary
    places: Mapping[str, int]  # fact -> its turn; what is read first is kept when there is too much


def load_rules(
    *,
    fields: Iterable[str] = (),
    junk: Iterable[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Rules:
    """Return the shipped rules with a person's own fields, junk and aliases added.

    `fields` are read as free tags; for `junk` and `aliases` see `load_vocabulary`. Raises
    MelScribeError naming the setting and the entry that cannot be understood.
    """
    vocabulary = load_vocabulary(junk, aliases)
    names = tuple(dict.fromkeys([*READERS, *map(_checked_field, fields)]))
    facts = [fact for name in names for fact in (name, FROM_ALBUM + name, FROM_FILE + name)]
    mark = repr((VERSION, names, vocabulary.fingerprint, [*table("languages.txt")]))
    fingerprint = blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    wanted = tuple(dict.fromkeys([*names, *TELLING]))
    return Rules(wanted, fingerprint, vocabulary, {fact: turn for turn, fact in enumerate(facts)})


def descriptor_set(facts: Facts, rules: Rules) -> DescriptorSet:
    """Return what the facts say. Other facts, and values that cannot be read, say nothing."""
    sources: dict[str, dict[str, None]] = {}  # the inner keys in order, each once
    heard: set[str] = set()
    dropped = 0
    undated = _undated(facts)
    for fact in sorted(rules.places.keys() & facts.keys() - undated, key=rules.places.__getitem__):
        name = _field_of(fact)
        if INSTEAD_OF.get(name) in heard or (name in SINGERS and "instrumental" in sources):
            continue
        for words, detail in READERS.get(name, read_tags)(name, facts[fact]):
            for descriptor in read(words, rules.vocabulary) or ("",):
                if descriptor and (descriptor in sources or len(sources) < MAX_DESCRIPTORS):
                    sources.setdefault(descriptor, {})[fact + detail] = None
                    heard.add(name)
                else:
                    dropped += 1
    found = sorted(sources)
    return DescriptorSet(tuple(found), {name: tuple(sources[name]) for name in found}, dropped)


def text_of(tags: Iterable[str], rules: Rules | None = None) -> str:
    """Return the text of bare tags, "" when none of them says anything; a text gives itself.

    At most the first MAX_DESCRIPTORS descriptors are kept. Without `rules`: the shipped ones.
    """
    vocabulary = (rules or _shipped_rules()).vocabulary
    found = dict.fromkeys(name for tag in tags for name in read(tag, vocabulary))
    return SEPARATOR.join(sorted(list(found)[:MAX_DESCRIPTORS]))


@cache
def _shipped_rules() -> Rules:
    return load_rules()


def _field_of(fact: str) -> str:
    return fact.removeprefix(FROM_FILE).removeprefix(FROM_ALBUM)


def _undated(facts: Facts) -> frozenset[str]:
    """Return the facts that date a release which gathers older tracks, none for other releases."""
    together = {_field_of(fact): value for fact, value in facts.items()}
    return RELEASED if is_compilation(together) else frozenset()


def _checked_field(name: str) -> str:
    bare = _field_of(name.strip())
    if not bare:
        raise MelScribeError(f"fields: {name!r} is no field; write the name of one or remove it.")
    return bare
