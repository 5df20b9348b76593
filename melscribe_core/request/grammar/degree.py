"""Rules for `less`: negated degrees ("not too heavy", "less sad", "nothing very loud").

A degree lowers the score of a track and does not exclude it. Its words leave the free text; what
they describe stays ("not so sad piano" leaves "piano").
"""

from __future__ import annotations

from collections.abc import Iterable

from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.negation import is_about_music
from melscribe_core.request.grammar.pattern import Read, Reader, Reading, Rule, Term, Words, same
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.unwanted import ANY, MUSICAL, RARE, item_at

_LONGEST_QUALITY = 5  # tokens
_MOST_QUALITIES = 8
_QUALITIES = ("mood", "feeling")

Found = tuple[int, str]  # the position after a phrase, the phrase


def qualities(trust: int, *, nouns: bool = True) -> Read:
    """Return a reader of a list of qualities or, with `nouns`, phrases: "slow or sad", "bass"."""

    def read(scene: Scene, at: int) -> Iterable[Reading]:
        first = _one(scene, at, trust, nouns=nouns)
        if first is None:
            return
        end, found = first[0], [first[1]]
        while len(found) < _MOST_QUALITIES:
            more = _next(scene, end)
            if more is None:
                break
            end = more[0]
            found.append(more[1])
        yield end, tuple(found)

    return read


def _one(scene: Scene, at: int, trust: int, *, nouns: bool) -> Found | None:
    if is_a(scene.low(at), "no degree of sound"):
        return None
    quality = _quality(scene, at)
    if quality or not nouns:
        return quality
    item = item_at(scene, at, trust)
    return (item.end, item.text) if item else None


def _quality(scene: Scene, at: int) -> Found | None:
    """Return the shortest quality that starts here: "heavy" of "heavy metal"."""
    for end in range(at + 1, min(at + _LONGEST_QUALITY, len(scene.tokens)) + 1):
        if scene.is_end(end - 1):
            break
        if scene.kind_of(at, end) in _QUALITIES and scene.low(end) != "-":
            return end, scene.slice(at, end)
    return None


def _next(scene: Scene, end: int) -> Found | None:
    """Return the next quality of a list: after "or" and "and", or a comma and another "too"."""
    joint = scene.low(end)
    if joint not in ("or", "nor", "and", "/", "&", ","):
        return None
    at = end + 1 + (joint == "," and scene.low(end + 1) in ("or", "nor", "and"))
    bare = _past_degree(scene, at)
    if joint == "," and at == end + 1 and bare == at and not _leads_to_or(scene, at):
        return None
    return _quality(scene, bare)


def _past_degree(scene: Scene, at: int) -> int:
    return at + 1 if is_a(scene.low(at), "too") else at


def _leads_to_or(scene: Scene, at: int) -> bool:
    """Return whether a quality and an "or" follow: "sad or" of "not too slow, sad or quiet"."""
    quality = _quality(scene, at)
    if quality is None:
        return False
    end = quality[0]
    return scene.low(end) in ("or", "nor") or (
        scene.low(end) == "," and scene.low(end + 1) in ("or", "nor")
    )


TERMS: dict[str, Term] = {
    "quality": Reader(qualities(MUSICAL, nouns=False)),
    "mild": Reader(qualities(RARE)),
    "mild any": Reader(qualities(ANY)),
    "mild sound": Reader(qualities(MUSICAL)),
    "but not": Words(
        "not | never | neither | no | {denied} | [{it is} | {that is}] (not | never)",
        "[{lead in}] {keeping} it [from] (not | getting | becoming | being)",
    ),
    "going": Words("being | sounding | getting | becoming | going | feeling | anything"),
    "than so": Words("(as | than) {compared} | than {names}"),
    "so much": Words(
        "not {too much} | {lacking} {too much} | (without | w/o) {too much}",
        "nothing with {too much} | {do not} (want | like | need | include | play | use) {too much}",
        "with not {too much} | not {too much} of | too much of",
    ),
}


def _is_degree_of_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether a degree is about the music: not "I'm not too sad", "not so long ago"."""
    before = scene.word_before(start)
    is_personal = is_a(before, "person", "people", "auxiliary", "denying verb", "before no denial")
    if is_personal or scene.low(end) == "ago":
        return False
    return is_a(scene.low(start), "denial", "keeping") or is_about_music(scene, start, end)


def _is_mild_at_best(scene: Scene, start: int, end: int) -> bool:
    """Return whether "hardly" is about the music: not "I'm hardly happy"."""
    return not is_a(scene.word_before(start), "person", "people")


def _is_too(scene: Scene, start: int, end: int) -> bool:
    """Return whether a quality of music follows "nothing too": not "nothing too fancy"."""
    return not is_a(scene.low(end - 1), "no quality") and _is_degree_of_music(scene, start, end)


def _is_compared(scene: Scene, start: int, end: int) -> bool:
    """Return whether no other comparison follows: not "as loud as yesterday"."""
    return scene.low(end) != "as" and _is_degree_of_music(scene, start, end)


def _is_less(scene: Scene, start: int, end: int) -> bool:
    """Return whether "less" asks for less: not "more or less", "nothing less than"."""
    denied = ("no", "not", "nothing", "never", "or", "none", "neither")
    return scene.word_before(start) not in denied


def _is_asked(scene: Scene, start: int, end: int) -> bool:
    """Return whether the wish is the user's: not "people who don't like it too loud"."""
    return not is_a(scene.word_before(start), "others")


RULES = [
    Rule(
        "less",
        "{but not} {too} {mild} [{at all}]",
        same,
        {
            "rock but not too heavy": ("heavy",),
            "not so sad piano": ("sad",),
            "not too slow, not too fast": ("slow", "fast"),
            "rock that isn't too heavy or loud": ("heavy", "loud"),
        },
        ["I'm not too sad", "not so long ago", "not too bad", "not too long", "life is not so sad"],
        _is_compared,
    ),
    Rule(
        "less",
        "{but not} (that | as | quite | exactly | such a | a {too}) {quality} [{general}] "
        "[{at all}]",
        same,
        {"not that loud": ("loud",), "not a very sad song": ("sad",)},
        ["I'm not that happy", "not that song"],
        _is_compared,
    ),
    Rule(
        "less",
        "{but not} (as | so | {too}) {quality} {than so}",
        same,
        {"not as heavy as usual": ("heavy",)},
        ["not as loud as yesterday", "I'm not as happy as usual"],
        _is_degree_of_music,
    ),
    Rule(
        "less",
        "{but not} (as | so | nearly as | quite as) {quality} as {names}",
        lambda phrases, names: phrases,
        {"not as sad as Elliott Smith": ("sad",)},
        ["he is not as sad as Elliott Smith"],
        _is_degree_of_music,
    ),
    Rule(
        "less",
        "nothing [{what is}] ({too} {mild any} | that {quality}) [{at all}]",
        same,
        {"nothing too fast, trance": ("fast",), "nothing too clubby": ("clubby",)},
        ["nothing too fancy", "nothing very much"],
        _is_too,
    ),
    Rule(
        "less",
        "(without | w/o) {going} [{any of it}] {too} {mild} [{at all}]",
        same,
        {"warm without being too sad": ("sad",)},
        ["without being too late"],
        _is_degree_of_music,
    ),
    Rule(
        "less",
        "{avoiding} [{any of it}] [a | the] ({too} | that) {mild} [{at all}]",
        same,
        {
            "I don't want it too loud": ("loud",),
            "don't make it so sad": ("sad",),
            "avoid anything too heavy": ("heavy",),
        },
        ["people who don't like it too loud", "don't be so sad"],
        _is_asked,
    ),
    Rule(
        "less",
        "[with | be | make it | a] [{somewhat}] (less | fewer) [of] [the | that | this | those] "
        "{mild sound} [{than so}] [{at all}]",
        same,
        {"a bit less sad": ("sad",), "with fewer drums": ("drums",), "less heavy": ("heavy",)},
        ["more or less sad", "less is more", "songs of less than 3 minutes", "no less sad"],
        _is_less,
    ),
    Rule(
        "less",
        "(hardly | barely | scarcely) {quality} [{at all}]",
        same,
        {"hardly aggressive metal": ("aggressive",)},
        ["hardly working", "barely legible", "I'm hardly happy"],
        _is_mild_at_best,
    ),
    Rule(
        "less",
        "with (few | little | minimal | not many | not much | hardly any | barely any) "
        "{unwanted nouns} [{at all}]",
        same,
        {"pop with few vocals": ("vocals",), "folk with little percussion": ("percussion",)},
        ["with few friends", "with little time", "with a few guitars"],
    ),
    Rule(
        "less",
        "({so much} | {sparing}) [of] [the | that | this | those] {unwanted nouns} [{at all}]",
        same,
        {
            "not too much bass": ("bass",),
            "easy on the drums": ("drums",),
            "songs that don't have too many vocals": ("vocals",),
        },
        ["not so much", "not much to say", "easy on the eye"],
    ),
]
