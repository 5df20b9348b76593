"""Rules for `exclude` inside a description: "rock that is not metal", "songs that lack drums".

"Not" after a genre, "never" and "non-" are here too. Negated degrees ("not too loud") are in
degree, refusals ("no vocals", "skip the ballads") in exclude.
"""

from __future__ import annotations

from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.common import is_music_among, is_musical, refers_to_music
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Rule, Term, Words, same
from melscribe_core.request.grammar.scene import Scene

TERMS: dict[str, Term] = {
    "denied": Words(
        "[{lead in}] [{it} | {that}] {is not} [meant to be | supposed to be]",
        "[{lead in}] ({it is} | {that is}) not [meant to be | supposed to be]",
        "[{lead in}] [{it} | {that}] ({do not} | {must not}) [ever | even | really] {becoming}",
        "[{lead in}] [{it} | {that}] [should] never {becoming}",
    ),
    "lacking": Words(
        "[{lead in}] [{it} | {that}] ({do not} | {must not} | never) [ever | really] {having some}",
        "[{lead in}] ({it} | {that}) (have | has | contain | contains | feature | features) no",
        "(having | containing | featuring) no",
        "[{that}] (lack | lacks | lacked)",
    ),
    # "I don't want it to be loud", "avoid anything sad": here a quality may follow.
    "avoiding": Words(
        "({do not} [{truly}] (want | like | need | make | let | play | give me) | {omission})",
        "not in the mood for | (i'd | would) rather not (have | hear)",
    ),
    "any of it": Words(
        "(it | this | that | anything | everything | something | them | things | music | songs) "
        "[that (is | are | sounds) | that's | which is | [to] (be | sound | get) | being]",
    ),
    "what is": Words("{that is} [{faintly}] | {faintly}"),
}


def is_about_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether a negation is about the music, not about a person.

    False also for "it's not christmas without carols", which negates nothing.
    """
    if scene.low(end) in ("without", "w/o"):
        return False
    before, first = scene.word_before(start), scene.low(start)
    if (
        first in lexicon.entries("lead in")
        or is_a(first, "it")
        or first in ("they're", "theyre", "it's")
    ):
        return _is_it_music(scene, start, end)
    if is_a(first, "that") or first in ("that's", "thats", "who's"):
        return not is_a(before, "people", "person") and (
            first[:3] != "who" or refers_to_music(before)
        )
    return follows_music(scene, start) or (
        scene.is_start(start) and not _addresses(scene, start, end)
    )


def _is_it_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "it" is the music: a noun is negated, it "must" not be, or music is before."""
    words = scene.lows[start:end]
    must = any(is_a(word, "must") for word in words) or words[0] in lexicon.entries("lead in")
    quality = scene.kind_before(start, end) in ("mood", "feeling", "")
    return must or not quality or any(map(is_musical, scene.lows[:start]))


def _addresses(scene: Scene, start: int, end: int) -> bool:
    """Return whether a clause addresses a person: "don't be sad"."""
    verbal = not is_a(scene.low(start), "state")
    return verbal and scene.kind_before(start, end) in ("mood", "feeling")


def follows_music(scene: Scene, at: int) -> bool:
    """Return whether the word before a position, in its clause, refers to music."""
    if scene.is_start(at):
        return False
    before = scene.lows[at - 1]
    return refers_to_music(before) or bool(scene.kind_before(max(0, at - 4), at))


def _is_never(scene: Scene, start: int, end: int) -> bool:
    """Return whether "never" is about the music: not "I'm never happy"."""
    opens = scene.is_start(start) or is_a(scene.word_before(start), "before not")
    return (opens or follows_music(scene, start)) and not _leads_to_verb(scene, start, end)


def _leads_to_verb(scene: Scene, start: int, end: int) -> bool:
    """Return whether a verb follows "never": "never heard African psych"."""
    first = scene.low(start + 1)
    listed = is_a(first, "determiner", "becoming", "having some", "anything", "having")
    return not listed and not any(scene.kind_of(start + 1, at) for at in range(start + 2, end + 1))


def _is_contrast(scene: Scene, start: int, end: int) -> bool:
    """Return whether "not" follows music: "rock not metal"."""
    return not scene.is_start(start) and follows_music(scene, start)


def _is_negated_in(scene: Scene, start: int, end: int) -> bool:
    """Return whether "not in French" follows music, or a longer negation is about the music."""
    if scene.low(start) == "not":
        return _is_contrast(scene, start, end)
    return is_about_music(scene, start, end)


def _is_last_word(scene: Scene, start: int, end: int) -> bool:
    """Return whether ", not X" or "but not X" ends a clause that mentions music."""
    first = scene.low(start + 1)
    joined = scene.low(start - 1) == "," or scene.word_before(start) in ("but", "and")
    saying = is_a(first, "no denial", "no quality", "people", "story verb", "degree", "too")
    if start == 0 or not joined or saying or not scene.is_end(end):
        return False
    personal = any(
        low == "am" or (is_a(low, "person") and low != "i") for low in scene.lows[:start]
    )
    return not personal and is_music_among(scene.lows[:start])


RULES = [
    Rule(
        "exclude",
        "{denied} {unwanted} [{at all}]",
        same,
        {
            "rock that is not metal": ("metal",),
            "music that doesn't sound metal": ("metal",),
            "it should not be metal": ("metal",),
            "rock, as long as it isn't metal or punk": ("metal", "punk"),
        },
        ["I'm not metal", "people that aren't happy", "it's not dark outside", "don't be sad"],
        is_about_music,
    ),
    Rule(
        "exclude",
        "({denied} | not) [sung | recorded | performed | written] "
        "(in | with | featuring | full of) {unwanted} [{at all}]",
        same,
        {
            "songs that are not in English": ("English",),
            "songs not sung in French": ("French",),
        },
        ["people that are not in bands", "I'm not with the band"],
        _is_negated_in,
    ),
    Rule(
        "exclude",
        "{denied} about {unwanted any} [{at all}]",
        same,
        {"songs that aren't about love": ("love",)},
        ["people that aren't about love"],
        is_about_music,
    ),
    Rule(
        "exclude",
        "{lacking} {unwanted nouns} [{at all}]",
        same,
        {
            "songs that don't have vocals": ("vocals",),
            "songs that have no drums": ("drums",),
            "tracks that lack vocals": ("vocals",),
        },
        ["I don't have a piano", "people that don't have drums", "they lack money"],
        is_about_music,
    ),
    Rule(
        "exclude",
        "not {unwanted} [{at all}]",
        same,
        {"rock not metal": ("metal",), "something happy not cheesy": ("cheesy",)},
        ["songs about love not war", "rock not dead", "he is not happy"],
        _is_contrast,
    ),
    Rule(
        "exclude",
        "not {unwanted any}",
        same,
        {"happy folk but not childish": ("childish",), "I want jazz, not irony": ("irony",)},
        ["I'm in a jazz mood, not bored", "not childish", "jazz, not today", "folk, not too long"],
        _is_last_word,
    ),
    Rule(
        "exclude",
        "never [with | any | {becoming} | {having some}] {unwanted} [{at all}]",
        same,
        {"never metal": ("metal",), "soft and slow, never loud": ("loud",)},
        ["I'm never happy", "never mind the noise", "never heard African psych"],
        _is_never,
    ),
    Rule(
        "exclude",
        "(, | ; | : | but | and) {unwanted noun} ({excluded} | [need] not {left out})",
        same,
        {"rock, metal excluded": ("metal",), "rock but metal not allowed": ("metal",)},
        ["rock, present company excluded", "dogs not allowed", "rock, metal allowed"],
    ),
    Rule(
        "exclude",
        "{affixed}",
        same,
        {
            "vocal-free techno": ("vocal",),
            "non-electronic music": ("electronic",),
            "nonvocal trance": ("vocal",),
            "drumless jazz": ("drum",),
        },
        ["care-free pop", "free jazz", "non-stop party", "timeless", "unhappy"],
    ),
]
