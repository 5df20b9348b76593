"""Artists and titles: like ("like Nick Drake") and by ("songs by Nina Simone").

A name is what stands in quotes, what the library or everybody knows, or a run of capitalised words.
In lower case, after words that hardly introduce anything else ("similar to", "songs by"), words
that are no ordinary ones are taken for a name too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.lexicon import kind_of as _kind_of
from melscribe_core.grammar.lexicon import phrase_of
from melscribe_core.grammar.nodes import has_digit
from melscribe_core.grammar.pattern import Reader, Reading, Rule, Term, Ways, Words
from melscribe_core.grammar.scene import Scene


def kind_of(words):
    return _kind_of(*words)


_LONGEST_NAME = 8  # tokens
_LONGEST_QUOTE = 12
_MOST_NAMES = 12
_MOST_RARE = 3  # words of a name that only its rarity gives away
_SMALL = frozenset(
    "of the de del della di da do dos du la le les el los las van von der den y e n al ibn bin".split()
)
_SHORTENED = frozenset("st dr mr mrs ms jr sr".split())
_MARKERS = frozenset(
    "no not nothing without except like such similar songs tracks music playlist please for but from by "
    "give play make i top only just under over around about less more also instead with and or".split()
)
_JOINTS = tuple(
    phrase_of(joint)
    for joint in (
        "meets", "and", "or", "x", "vs", "via", "crossed with", "mixed with", "and maybe", "or maybe",
        "or even", "and even", "and also", "as well as", "but also", "with a bit of", "with a touch of",
    )
)  # fmt: skip
_PERIODS = frozenset("early late old older classic vintage peak".split())
_STYLES = frozenset("esque ish like style type y adjacent fans lovers".split())
_MARKS = (",", "&", "/", "+", ";")


def read_name(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name at a position: quoted, known or capitalised."""
    yield from _read(scene, at, (_quoted, _known, _capitalised))


def read_rare_name(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name at a position, in lower case also one that a rare word gives away."""
    yield from _read(scene, at, (_quoted, _known, _capitalised, _rare))


def read_odd_name(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name at a position, in lower case also one of two or more words that all are rare."""
    yield from _read(scene, at, (_quoted, _known, _capitalised, _odd))


def read_performer(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name after "by", where a place may be a band (Chicago, Europe)."""
    yield from _read(scene, at, (_quoted, _known, _capitalised, _place, _rare))


def read_famous(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name at a position when the library or everybody knows it."""
    yield from _read(scene, at, (_known,))


def read_act(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the name at a position when it is a well-known act and capitalised."""
    for end, name in _read(scene, at, (_known,)):
        if lexicon.fold_name(str(name)) in lexicon.acts() and scene.is_capital(at):
            yield end, name


def read_meeting(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the names of "Nick Drake meets Boards of Canada", of which one at least is known."""
    if "meets" not in scene.lows[at + 1 : at + _LONGEST_NAME]:
        return
    for end, names in _list_of(read_name)(scene, at):
        if "meets" in scene.lows[at:end] and any(_is_known(scene, name) for name in names):
            yield end, names


def read_styled(scene: Scene, at: int) -> Iterable[Reading]:
    """Yield the known name of "Radiohead-esque" and "Kraftwerk-style"."""
    if _STYLES.isdisjoint(scene.lows[at + 1 : at + _LONGEST_NAME + 2]):
        return
    for end, name in read_famous(scene, at):
        after = end + 1 if scene.low(end) == "-" else end
        apart = scene.low(after) in ("style", "fans", "lovers")
        if scene.low(after) in ("fans", "lovers") and scene.low(at - 1) != "for":
            return
        if scene.low(after) in _STYLES and (after > end or apart):
            yield after + 1, (name,)


def _is_known(scene: Scene, name: str) -> bool:
    folded = lexicon.fold_name(name)
    return folded in lexicon.acts() or scene.knows(folded)


def _read(
    scene: Scene, at: int, ways: tuple[Callable[[Scene, int], int], ...]
) -> Iterable[Reading]:
    for way in ways:
        end = way(scene, at)
        if end:
            yield end, _spelled(scene, at, end)
            return


def _spelled(scene: Scene, start: int, end: int) -> str:
    """Return a name as it stands, without quotes and without a possessive ending it does not own."""
    if scene.low(start) in ('"', "'"):
        return scene.slice(start + 1, end - 1)
    name = scene.slice(start, end)
    if scene.low(end - 1).endswith("'s") and not scene.is_name(start, end):
        return name[:-2]
    return name


def _quoted(scene: Scene, at: int) -> int:
    """Return the position after a quotation that begins here, 0 for none."""
    if scene.low(at) not in ('"', "'"):
        return 0
    for end in range(at + 2, min(at + _LONGEST_QUOTE, len(scene.tokens))):
        if scene.low(end) == scene.low(at):
            return end + 1
    return 0


def _known(scene: Scene, at: int) -> int:
    """Return the position after the longest known name that begins here, 0 for none."""
    if at >= len(scene.tokens) or not scene.tokens[at].is_word:
        return 0
    for end in range(min(at + _LONGEST_NAME, len(scene.tokens)), at, -1):
        ends_in_word = scene.tokens[end - 1].is_word
        if ends_in_word and scene.is_name(at, end) and _is_meant(scene, at, end):
            return _past_shout(scene, at, end)
    return 0


def _past_shout(scene: Scene, start: int, end: int) -> int:
    """Step over the mark that belongs to a name ("Neu!", "Therapy?"), not one that ends a sentence."""
    if end >= len(scene.tokens):
        return end
    is_shout = scene.low(end) in ("!", "?") and scene.tokens[end - 1].end == scene.tokens[end].start
    follows = scene.low(end + 1)
    goes_on = follows in _MARKS or follows in ("and", "or", "but", "for", "with", "meets")
    shouts = lexicon.fold_name(scene.slice(start, end)) in lexicon.shouting_acts()
    return end + 1 if is_shout and (goes_on or shouts) else end


def _is_meant(scene: Scene, start: int, end: int) -> bool:
    """Tell whether known words are meant as a name: capitalised, or neither ordinary nor musical."""
    if _is_nobody(scene, start, end):
        return False
    words = [at for at in range(start, end) if scene.tokens[at].is_word]
    if any(scene.is_capital(at) for at in words):
        return True
    plain = tuple(scene.lows[at] for at in words)
    rare = any(word not in lexicon.ordinary() and not kind_of((word,)) for word in plain)
    famous = len(plain) > 1 and _is_act(scene, start, end)
    return not kind_of(plain) and (rare or famous)


def _is_act(scene: Scene, start: int, end: int) -> bool:
    folded = lexicon.fold_name(scene.slice(start, end))
    return folded in lexicon.acts() or f"the {folded}" in lexicon.acts()


def _capitalised(scene: Scene, at: int) -> int:
    """Return the position after a run of capitalised words that begins here, 0 for none."""
    end = _run(scene, at)
    return 0 if not end or _is_nobody(scene, at, end) or _describes(scene, at, end) else end


def _place(scene: Scene, at: int) -> int:
    """Return the position after a capitalised place that ends a phrase, 0 for none."""
    end = _run(scene, at)
    is_place = tuple(scene.lows[at:end]) in lexicon.sections("words.txt")["place"]
    return end if is_place and scene.is_end(end) else 0


def _run(scene: Scene, at: int) -> int:
    """Return the position after the capitalised words from here on, small words between them included."""
    first = at + 1 if scene.low(at) == "the" else at
    if not _is_capital_word(scene, first):
        return 0
    end = first + 1
    for _ in range(_LONGEST_NAME):
        longer = _longer(scene, end)
        if not longer:
            break
        end = longer
    return _past_shout(scene, at, end)


def _is_capital_word(scene: Scene, at: int) -> bool:
    return (
        at < len(scene.tokens)
        and scene.is_capital(at)
        and (scene.low(at) not in _MARKERS or scene.kept[at])
    )


def _longer(scene: Scene, end: int) -> int:
    """Return the position after one more word of a capitalised run, 0 when it ends here."""
    at = _past_joint(scene, end)
    if _is_capital_word(scene, at):
        return at + 1
    is_number = scene.low(at).isdigit() and at == end or scene.low(end) == "-"
    if is_number and scene.low(at).isdigit() and not _counts(scene, at):
        return at + 1
    return 0


def _past_joint(scene: Scene, end: int) -> int:
    """Step over what may stand inside a name: a hyphen, "&", "of the", "and the", the dot of "St."."""
    low = scene.low(end)
    if low in ("-", "'"):
        return end + 1
    if low == "." and (len(scene.low(end - 1)) == 1 or scene.low(end - 1) in _SHORTENED):
        return end + 1
    if low in ("&", "+") or (low == "and" and scene.low(end + 1) == "the"):
        after = end + 1 if low != "and" else end + 2
        return end if _known(scene, end + 1) else after
    at = end
    while scene.low(at) in _SMALL and at < end + 2:
        at += 1
    return at


def _counts(scene: Scene, at: int) -> bool:
    """Tell whether a number after a name belongs to what follows: "like Radiohead 20 songs"."""
    after = scene.words_after(at + 1, 1)
    is_year = len(scene.low(at)) == 4
    classes = lexicon.words("piece") | lexicon.words("unit")
    return is_year or (bool(after) and after[0] in classes)


def _is_nobody(scene: Scene, start: int, end: int) -> bool:
    """Tell whether capitalised words are a place, a day, a people: "Paris", "Old Hollywood"."""
    words = tuple(low for low in scene.lows[start:end] if low not in ("-", "the"))
    nobody = lexicon.nobody()
    if words in nobody or words[:1] in (("i",), ("i'm",)):
        return True
    return (words[-1:] in nobody or words[-2:] in nobody) and not scene.is_name(start, end)


def _describes(scene: Scene, start: int, end: int) -> bool:
    """Tell whether one capitalised word describes what follows ("Delta blues") or is a kind ("Jazz")."""
    words = [low for low in scene.lows[start:end] if low != "the"]
    if len(words) != 1 or scene.is_name(start, end):
        return False
    if kind_of((words[0],)):
        return True
    after = scene.words_after(end, 1)
    plain = lexicon.words("stop") | lexicon.words("piece")
    return (
        bool(after)
        and not words[0].endswith("'s")
        and after[0] not in plain
        and not scene.is_capital(end)
        and not has_digit(after[0])
    )


def _rare(scene: Scene, at: int) -> int:
    """Return the position after words in lower case of which the last is rare, 0 for none.

    A single plural is no name ("songs by geeks").
    """
    end = _plain_run(scene, at)
    plural = end == at + 1 and scene.low(at).endswith("s")
    return end if end and not plural and _is_rare(scene, end - 1) else 0


def _odd(scene: Scene, at: int) -> int:
    """Return the position after two or more rare words in lower case, 0 for none."""
    end = _plain_run(scene, at)
    words = range(at + 1 if scene.low(at) == "the" else at, end)
    figurative = scene.low(end - 1).endswith(("ing", "s"))
    return (
        end if len(words) > 1 and not figurative and all(_is_rare(scene, w) for w in words) else 0
    )


def _plain_run(scene: Scene, at: int) -> int:
    """Return the position after up to three words in lower case that may be a name and end a phrase."""
    first = at + 1 if scene.low(at) == "the" else at
    end = first
    while end < len(scene.tokens) and end < first + _MOST_RARE and _may_be_named(scene, end):
        end += 1
    closes = (
        scene.is_end(end) or scene.low(end) in lexicon.words("stop") or scene.low(end) in ("&", "+")
    )
    return end if end > first and closes else 0


def _may_be_named(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    classes = ("stop", "piece", "whatever", "owner", "list", "activity")
    return (
        scene.tokens[at].is_word
        and low not in ("a", "an", "the")
        and not low[0].isdigit()
        and not kind_of((low,))
        and (low,) not in lexicon.nobody()
        and not any(low in lexicon.words(name) for name in classes)
    )


def _is_rare(scene: Scene, at: int) -> bool:
    low = scene.low(at)
    return len(low) > 1 and not {low, low.removesuffix("s")} & lexicon.ordinary()


def _list_of(
    read: Callable[[Scene, int], Iterable[Reading]],
) -> Callable[[Scene, int], Iterable[Reading]]:
    """Return a reader of one or more names; it yields the longest list."""

    def read_list(scene: Scene, at: int) -> Iterable[Reading]:
        names: list[str] = []
        end = at
        while at < len(scene.tokens) and len(names) < _MOST_NAMES:
            found = next(iter(read(scene, at)), None)
            if found is None:
                break
            names.append(str(found[1]))
            end = found[0]
            at = _after_comma(scene, end)
            if at == end:
                break
        if names:
            yield end, tuple(names)

    return read_list


def _after_comma(scene: Scene, end: int) -> int:
    """Return the position after what joins two names, `end` itself when nothing does."""
    at = end + 1 if scene.low(end) in _MARKS else end
    at = scene.after_phrase(at, _JOINTS) or at
    return at + 1 if at > end and scene.low(at) in _PERIODS else at


TERMS: dict[str, Term] = {
    "name": Reader(read_name),
    "names": Reader(_list_of(read_name)),
    "rare names": Reader(_list_of(read_rare_name)),
    "odd names": Reader(_list_of(read_odd_name)),
    "performers": Reader(_list_of(read_performer)),
    "famous": Reader(read_famous),
    "famous names": Reader(_list_of(read_famous)),
    "acts": Reader(_list_of(read_act)),
    "meeting": Reader(read_meeting),
    "styled": Reader(read_styled),
    "titled": Ways(("{name} by {name}", lambda title, artist: (f"{title} by {artist}",))),
    # Words that hardly introduce anything but a name.
    "likening": Words(
        "(similar [in style | in mood | in feel | in spirit | in sound | artists | bands | music | songs | stuff | sounds | acts | singers | tracks | sounding] to | in a similar vein to | in the same vein as | "
        "in the (style | styles | vein | spirit | mould | mold | manner | mode) of | a la | à la | along the lines of | "
        "along the same lines as | [for] fans of | for a [big] fan of | "
        "(artists | bands | singers | acts | musicians | producers | groups | composers | rappers | songwriters) (like | such as | similar to) | "
        "the likes of)"
    ),
    # Words that introduce names among other things.
    "recalling": Words(
        "(reminiscent of | [for] lovers of | for people who (like | love | enjoy) | for someone who (likes | loves | enjoys) | "
        "for anyone who (likes | loves | enjoys) | who (like | likes | love | loves) | if you (like | love | liked | loved | enjoy) | "
        "if (i | we) (like | love | liked | loved) | sounding like | sounds like | sound like | that sounds like | that sound like | "
        "sounding similar to | sounding a bit like | sounds a bit like | akin to | comparable to | resembling | not far from | close to | "
        "channelling | channeling | recalling | evoking | such as | stuff like | much like | somewhat like | a bit like | a little like | "
        "kind of like | kinda like | (the same | same) (vibe | vibes | feel | mood | energy | style | sound) as | (vibes | vibe) like)"
    ),
}


def _follows_music(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "by" follows music: "songs by", "something slow by", not "a picnic by"."""
    if not _is_plain(scene, start):
        return False
    if scene.low(start) != "by":
        return True
    before = scene.words_before(start, 4)
    if not before:
        return True
    vague = any(word in lexicon.words("whatever") for word in before[1:3])
    return (
        before[0] in ("only", "mostly", "ideally", "preferably")
        or (before[0] in ("or", "and") and "by" in before and any(map(_is_music, before)))
        or _is_music(before[0])
        or _is_kind(before[0], "genre", "form")
        or (vague and bool(kind_of((before[0],))))
    )


def _is_credit(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "from" stands right behind music: "tracks from Björk", not "a postcard from"."""
    before = scene.words_before(start, 1)
    return _is_plain(scene, start) and bool(before) and _is_music(before[0])


def _speaks_of_music(scene: Scene, start: int, end: int) -> bool:
    """Tell whether music is spoken of before "by" and a known name: "all the songs I have by"."""
    before = scene.words_before(start, 6)
    made = bool(before) and before[0] in lexicon.words("credited")
    return _is_plain(scene, start) and not made and any(map(_is_music, before))


def _is_music(word: str) -> bool:
    return any(word in lexicon.words(name) for name in ("piece", "whatever", "list"))


def _is_kind(word: str, *kinds: str) -> bool:
    return kind_of((word,)) in kinds


def _is_plain(scene: Scene, start: int) -> bool:
    """Tell whether the first word of a match is no part of a title: "Smells Like Teen Spirit"."""
    return not scene.is_capital(start) or scene.is_start(start)


def _likens(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "like" compares: not "I like", "would like", "feels like"."""
    before = scene.words_before(start, 1)
    return _is_plain(scene, start) and not (before and _acts(before[0]))


def _acts(word: str) -> bool:
    """Tell whether a word before "like" says what somebody does: "I like", "driving like"."""
    listed = word in lexicon.words("subject") or word in lexicon.words("perception")
    thing = word in lexicon.words("whatever") or word in ("evening", "morning", "sounding")
    return listed or (word.endswith("ing") and not thing and not kind_of((word,)))


def _seems(scene: Scene, start: int, end: int) -> bool:
    """Tell whether "like" follows "feels", which a well-known name can follow."""
    return _is_plain(scene, start) and scene.low(start - 1) in ("feels", "feel", "felt")


def _opens_clause(scene: Scene, start: int, end: int) -> bool:
    return scene.is_start(start) or scene.words_before(start, 1) in (
        ["so"],
        ["and"],
        ["but"],
        ["please"],
        ["like"],
        ["think"],
    )


def _at_least_two(names: tuple[str, ...]) -> tuple[str, ...] | None:
    return names if len(names) > 1 else None


RULES = [
    Rule(
        "like",
        "[something | anything | music | more] {likening} [{manner} | , say ,] {rare names} [[,] {and so on}]",
        lambda names: names,
        {
            "similar to Miles Davis": ("Miles Davis",),
            "in the style of kraftwerk": ("kraftwerk",),
            "for fans of Tame Impala": ("Tame Impala",),
        },
        ["in the style of old westerns", "for fans of horror films"],
        lambda scene, start, end: _is_plain(scene, start),
    ),
    Rule(
        "like",
        "[something | anything | music | more] {recalling} [{manner} | , say ,] {odd names} [[,] {and so on}]",
        lambda names: names,
        {
            "such as Can, Neu! and Faust": ("Can", "Neu!", "Faust"),
            "reminiscent of Talk Talk": ("Talk Talk",),
            "if you like boards of canada": ("boards of canada",),
        },
        ["reminiscent of summer", "such as piano and strings", "people who like beer"],
        lambda scene, start, end: _is_plain(scene, start),
    ),
    Rule(
        "like",
        "like [{manner} | , say ,] {odd names} [[,] {and so on}]",
        lambda names: names,
        {"like Nick Drake": ("Nick Drake",), "something like portishead": ("portishead",)},
        [
            "something like jazz",
            "feels like summer",
            "songs my dad would like",
            "I would like Adele",
            "like a prayer",
            "Smells Like Teen Spirit",
        ],
        _likens,
    ),
    Rule(
        "like",
        "(like | {likening}) [{manner} | , say ,] {titled}",
        lambda names: names,
        {"like Teardrop by Massive Attack": ("Teardrop by Massive Attack",)},
        ["like jazz by Massive Attack"],
        _likens,
    ),
    Rule(
        "like",
        "like [{manner} | , say ,] {famous names}",
        lambda names: names,
        {"feels like Boards of Canada": ("Boards of Canada",)},
        ["feels like Christmas", "dance like John Travolta"],
        _seems,
    ),
    Rule(
        "like",
        "think [of | : | ,] [{manner} | , say ,] {names} [[,] {and so on}]",
        lambda names: names,
        {"think Portishead meets Air": ("Portishead", "Air"), "moody, think Burial": ("Burial",)},
        ["I think Radiohead is fine", "think rainy windows"],
        _opens_clause,
    ),
    Rule(
        "like",
        "{meeting}",
        lambda names: names,
        {"Nick Drake meets Boards of Canada": ("Nick Drake", "Boards of Canada")},
        ["boy meets girl", "jazz meets Hip Hop", "Calcutta meets Soho"],
        _opens_clause,
    ),
    Rule(
        "like",
        "(a mix of | a mixture of | a blend of | a cross between | cross between | somewhere between | halfway between | midway between | between | a combination of | equal parts | part) {famous names}",
        _at_least_two,
        {"a cross between Radiohead and Portishead": ("Radiohead", "Portishead")},
        ["a mix of jazz and funk", "a mix of Latin and African"],
    ),
    Rule(
        "like",
        "[for] {styled}",
        lambda names: names,
        {"Radiohead-esque gloom": ("Radiohead",), "Kraftwerk-style synths": ("Kraftwerk",)},
        ["Chicago-style house", "dream-like"],
    ),
    Rule(
        "by",
        "[{sung}] by [{manner} | , say ,] {performers} [only | alone | exclusively]",
        lambda names: names,
        {
            "songs by Nina Simone": ("Nina Simone",),
            "anything by Can or Neu!": ("Can", "Neu!"),
            "songs by The 1975": ("The 1975",),
        },
        [
            "songs for a picnic by the Seine",
            "songs by women",
            "by candlelight",
            "written by Max Martin",
            "by myself",
        ],
        _follows_music,
    ),
    Rule(
        "by",
        "by {famous names}",
        lambda names: names,
        {"all the songs I have by daft punk": ("daft punk",)},
        ["songs produced by Brian Eno", "a picnic by Big Star"],
        _speaks_of_music,
    ),
    Rule(
        "by",
        "from {acts}",
        lambda names: names,
        {"tracks from Björk": ("Björk",)},
        ["songs from Brazil", "a postcard from Björk"],
        _is_credit,
    ),
]
