"""Rules for `like` ("like Nick Drake") and `by` ("songs by Nina Simone").

After words that mostly introduce names ("similar to", "songs by") an unknown name in lower case is
accepted when it ends in a rare word; after others ("like", "such as") it must be two rare words, or
a surname in the library.
"""

from __future__ import annotations

from melscribe_core.request.grammar.lexicon import is_a, kind_of
from melscribe_core.request.grammar.pattern import Rule, Term, Words, same
from melscribe_core.request.grammar.scene import Scene

Names = tuple[str, ...]

TERMS: dict[str, Term] = {
    "some": Words("something | anything | music | more"),
    # Words that mostly introduce a name.
    "likening": Words(
        "similar [in (style | mood | feel | spirit | sound)] to",
        "similar {alike} to | in a similar vein to | in the same vein as",
        "in the (style | styles | vein | spirit | mould | mold | manner | mode) of | a la | à la",
        "along the [same] lines (of | as) | [for] fans of | for a [big] fan of | the likes of",
        "{players} (like | such as | similar to)",
    ),
    # Words that introduce names among other things.
    "recalling": Words(
        "[for] people who (like | love | enjoy) | who (like | likes | love | loves)",
        "[for] (someone | anyone) who (likes | loves | enjoys) | [for] lovers of",
        "if (i | we | you) (like | love | liked | loved | enjoy)",
        "[that] (sounding | sounds | sound) [a bit] (like | similar to)",
        "(stuff | much | somewhat | a bit | a little | kind of | kinda) like | such as",
        "[the] same (vibe | vibes | feel | mood | energy | style | sound) as | (vibes | vibe) like",
        "reminiscent of | akin to | comparable to | resembling | not far from | close to",
        "channelling | channeling | recalling | evoking",
    ),
}


def _not_in_title(scene: Scene, start: int, end: int) -> bool:
    """Return whether the first word is not part of a title, as in "Smells Like Teen Spirit"."""
    return not scene.is_capital(start) or scene.is_start(start)


def _compares(scene: Scene, start: int, end: int) -> bool:
    """Return whether "like" compares: not "I like", "would like", "feels like"."""
    return _not_in_title(scene, start, end) and not _is_verbal(scene.word_before(start))


def _is_verbal(word: str) -> bool:
    """Return whether the word before "like" is a subject or a verb: "I like", "driving like"."""
    thing = is_a(word, "whatever", "thing in ing") or bool(kind_of(word))
    return is_a(word, "subject", "perception") or (word.endswith("ing") and not thing)


def _follows_feel(scene: Scene, start: int, end: int) -> bool:
    """Return whether "like" follows a form of "feel"."""
    return _not_in_title(scene, start, end) and scene.low(start - 1) in ("feels", "feel", "felt")


def _starts_clause(scene: Scene, start: int, end: int) -> bool:
    """Return whether a clause starts here, or a word that can precede a name is before."""
    return scene.is_start(start) or is_a(scene.word_before(start), "before a name")


def _follows_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "by" follows music: "songs by", "something slow by", not "a picnic by"."""
    if not _not_in_title(scene, start, end) or _ends_title(scene, start):
        return False
    before = scene.words_before(start, 4)
    if not before:  # "by accident"
        return any(scene.is_capital(at) for at in range(start, end)) or scene.is_name(
            start + 1, end
        )
    return scene.low(start) != "by" or _is_credited(before)


def _ends_title(scene: Scene, at: int) -> bool:
    """Return whether the capitalised word before is a title here: "Lullaby by The Cure"."""
    is_capital = at > 0 and scene.tokens[at - 1].is_capital
    return is_capital and "title" in scene.kinds_of(at - 1, at)


def _is_credited(before: list[str]) -> bool:
    """Return whether the words before "by", nearest first, are a noun for music."""
    nearest = before[0]
    if _is_music(nearest) or kind_of(nearest) in ("genre", "form"):
        return True
    if nearest in ("or", "and"):  # "songs by Can or by Neu!"
        return "by" in before and any(map(_is_music, before))
    vague = any(is_a(word, "whatever") for word in before[1:3])  # "something slow"
    return is_a(nearest, "adverb") or (vague and bool(kind_of(nearest)))


def _is_after_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether music is mentioned shortly before "by": "all the songs I have by"."""
    made = is_a(scene.word_before(start), "credited")
    spoken = any(map(_is_music, scene.words_before(start, 6)))
    in_title = _ends_title(scene, start) or not _not_in_title(scene, start, end)
    return spoken and not made and not in_title


def _is_written(scene: Scene, start: int, end: int) -> bool:
    """Return whether a noun for music is before "written by": not "a letter written by"."""
    return _not_in_title(scene, start, end) and _is_music(scene.word_before(start))


def _is_credit(scene: Scene, start: int, end: int) -> bool:
    """Return whether "from" directly follows music: "tracks from", not "a postcard from"."""
    return _not_in_title(scene, start, end) and _is_music(scene.word_before(start))


def _is_music(word: str) -> bool:
    return is_a(word, "piece", "whatever", "list")


def _two(names: Names) -> Names | None:
    return names if len(names) > 1 else None


RULES = [
    Rule(
        "like",
        "[{some}] {likening} [{manner}] {rare names} [[,] {and so on}]",
        same,
        {
            "similar to Miles Davis": ("Miles Davis",),
            "in the style of kraftwerk": ("kraftwerk",),
            "for fans of Tame Impala": ("Tame Impala",),
        },
        ["in the style of old westerns", "for fans of horror films"],
        _not_in_title,
    ),
    Rule(
        "like",
        "[{some}] {recalling} [{manner}] {odd names} [[,] {and so on}]",
        same,
        {
            "such as Can, Neu! and Faust": ("Can", "Neu!", "Faust"),
            "reminiscent of Talk Talk": ("Talk Talk",),
            "if you like boards of canada": ("boards of canada",),
        },
        ["reminiscent of summer", "such as piano and strings", "people who like beer"],
        _not_in_title,
    ),
    Rule(
        "like",
        "like [{manner}] {odd names} [[,] {and so on}]",
        same,
        {"like Nick Drake": ("Nick Drake",), "something like portishead": ("portishead",)},
        [
            "something like jazz",
            "feels like summer",
            "songs my dad would like",
            "I would like Adele",
            "like a prayer",
            "Smells Like Teen Spirit",
        ],
        _compares,
    ),
    Rule(
        "like",
        "[{some}] (like | {likening} | {recalling}) [{manner}] {examples} [[,] {and so on}]",
        same,
        {
            "music that sounds like Teardrop by Massive Attack": ("Teardrop by Massive Attack",),
            "like Teardrop by Massive Attack": ("Teardrop by Massive Attack",),
            'like "Roads" by Portishead': ("Roads by Portishead",),
            'similar to the song "Roads"': ("the song Roads",),
        },
        ["like jazz by Massive Attack", "like the song of a bird", "like the album cover"],
        _compares,
    ),
    Rule(
        "like",
        "like [{manner}] {famous names}",
        same,
        {"feels like Boards of Canada": ("Boards of Canada",)},
        ["feels like Christmas", "dance like John Travolta"],
        _follows_feel,
    ),
    Rule(
        "like",
        "think [of | : | ,] [{manner}] {names} [[,] {and so on}]",
        same,
        {"think Portishead meets Air": ("Portishead", "Air"), "moody, think Burial": ("Burial",)},
        ["I think Radiohead is fine", "think rainy windows"],
        _starts_clause,
    ),
    Rule(
        "like",
        "{meeting}",
        same,
        {"Nick Drake meets Boards of Canada": ("Nick Drake", "Boards of Canada")},
        ["boy meets girl", "jazz meets Hip Hop", "Calcutta meets Soho"],
        _starts_clause,
    ),
    Rule(
        "like",
        "{among} {famous names}",
        _two,
        {"a cross between Radiohead and Portishead": ("Radiohead", "Portishead")},
        ["a mix of jazz and funk", "a mix of Latin and African"],
    ),
    Rule(
        "like",
        "[for] {styled name}",
        same,
        {"Radiohead-esque gloom": ("Radiohead",), "Kraftwerk-style synths": ("Kraftwerk",)},
        ["Chicago-style house", "dream-like"],
    ),
    Rule(
        "by",
        "[{sung}] by [{manner}] {performers} [only | alone | exclusively]",
        same,
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
        same,
        {"all the songs I have by daft punk": ("daft punk",)},
        ["songs produced by Brian Eno", "a picnic by Big Star"],
        _is_after_music,
    ),
    Rule(
        "by",
        "(arranged | written | conducted) by {famous names}",
        same,
        {"pieces written by Leonard Cohen": ("Leonard Cohen",)},
        ["written by Max Martin", "a letter written by Leonard Cohen"],
        _is_written,
    ),
    Rule(
        "by",
        "from {acts}",
        same,
        {"tracks from Björk": ("Björk",)},
        ["songs from Brazil", "a postcard from Björk"],
        _is_credit,
    ),
]
