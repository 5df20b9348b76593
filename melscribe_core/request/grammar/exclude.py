"""Rules for `exclude`: refusals and exceptions ("no vocals", "anything but jazz").

Values are phrases as written, without articles. Guards look at the words before a match, since "no"
and "not" are often part of a story ("there's no music on Mars").
"""

from __future__ import annotations

from melscribe_core.request.grammar.common import has_before
from melscribe_core.request.grammar.lexicon import is_a
from melscribe_core.request.grammar.pattern import Rule, Term, Words, same
from melscribe_core.request.grammar.scene import Scene

Phrases = tuple[str, ...]

EVERYTHING: Phrases = ("everything",)

TERMS: dict[str, Term] = {
    "of music": Words(
        "nothing | not | not anything | don't want anything | without anything",
        "never [anything]",
        "(no | not | not the | none of the) {any music}",
        "none of (them | it) | not one [of them]",
    ),
    # Ambiguous verbs ("hold the line"): only as an imperative and with an article.
    "dropping": Words(
        "(skip | hold | ditch | lose | cut | mute | forget | kill | lay off) "
        "(the | any | that | all the | all that)"
    ),
    "dislike": Words(
        "{refusal}",
        "{do not} [{truly}] (give | bring | show | send | play | find) (me | us)",
        "{do not} [{truly}] (want | like | need | include | play | add | put in | put on | use)",
        "{do not} [{truly}] (fancy | enjoy | dig | love | choose | pick | select | queue [up])",
        "{do not} [{truly}] (suggest | recommend | mix in | throw in | go for | listen to | do)",
        "{do not} [{truly}] ((want | need) to (hear | have | listen to) | care [much] for)",
        "{do not} feel like [hearing | listening to] | never (play | give me | include | add)",
        "(i'd | we'd | would) rather not [have | hear | listen to]",
        "(not in the mood | no need) for | not [{too}] {fan of}",
        "(can't | cannot | cant | can not) (listen to | deal with | handle | take)",
        "(tired | sick | bored | fed up | [had] enough) (of | with) | (can | could) do without",
        "stop (playing | adding | giving me)",
        "(prefer | try | want | rather | please) not to (hear | have | include | play | use)",
    ),
    "but": Words(
        "{except}",
        "[by] (anyone | anybody | any artist | any band) but",
        "(anything [at all] | everything | all | whatever) (but | besides | {except})",
        "(all | any | every) (genre | genres | style | styles) (but | besides | {except})",
        "anything else (but | than) | all except",
    ),
}


def _is_request(scene: Scene, start: int, end: int) -> bool:
    """Return whether "no" is part of the request: not in "there's no", "I have no piano"."""
    before, second = [*scene.words_before(start, 2), "", ""][:2]
    if before in ("have", "has"):
        return is_a(second, "piece") or second in ("that", "which")
    return not is_a(before, "telling a story")


def _is_left_out(scene: Scene, start: int, end: int) -> bool:
    """Return whether "there's no" excludes a sound: "make sure there's no singing"."""
    sound = scene.kind_before(start + 2, end) in ("instrument", "voice")
    return sound and scene.word_before(start) not in ("i", "we", "they")


def _is_about_music(scene: Scene, start: int, end: int) -> bool:
    """Return whether "without" describes the music: not in "I can't live without music".

    Nor in "it's not christmas without carols", a double negation.
    """
    denied = has_before(scene, start, ("not", "isn't", "isnt", "ain't"), 3)
    return not denied and not is_a(scene.word_before(start), "before without")


def _is_refused(scene: Scene, start: int, end: int) -> bool:
    """Return whether "not" starts a clause and is not about how a person feels."""
    if scene.lows[start + 1 : start + 3] == ["all", "that"]:  # "not all that loud" is a degree
        return False
    mood = scene.kind_before(start + 1, end) == "mood"
    personal = mood and any(is_a(word, "person") for word in scene.words_before(start, 6))
    return _starts_clause(scene, start, end) and not personal


def _is_quality(scene: Scene, start: int, end: int) -> bool:
    """Return whether "nothing" refuses a quality: not in "nothing special", "nothing compares"."""
    first = next(at for at in range(start + 1, end + 1) if not is_a(scene.low(at), "leading"))
    saying = is_a(scene.low(first), "no quality") or is_a(scene.low(end), "being")
    return _is_request(scene, start, end) and not saying


def _is_exclusion(scene: Scene, start: int, end: int) -> bool:
    """Return whether "except" excludes: not in "no vocals except choirs", where it includes."""
    return not has_before(scene, start, ("no", "not", "without", "nothing"), 3)


def _is_own_dislike(scene: Scene, start: int, end: int) -> bool:
    """Return whether the dislike is the user's: not "people who hate jazz", "never avoid"."""
    return not is_a(scene.word_before(start), "others")


def _is_own_aversion(scene: Scene, start: int, end: int) -> bool:
    """Return whether the user avoids something about music: the last three words are musical."""
    musical = bool(scene.kind_before(max(start, end - 3), end))
    return musical and _is_own_dislike(scene, start, end)


def _is_all(scene: Scene, start: int, end: int) -> bool:
    """Return whether "everything" ends the clause: not "except everything by Abba"."""
    return scene.is_end(end)


def _starts_clause(scene: Scene, start: int, end: int) -> bool:
    """Return whether a clause starts here, or a word that can precede "not" is before."""
    return scene.is_start(start) or is_a(scene.word_before(start), "before not")


def _is_nobody_doing(scene: Scene, start: int, end: int) -> bool:
    """Return whether an -ing form follows "nobody": "nobody singing"."""
    return _starts_clause(scene, start, end) and scene.low(end - 1).endswith("ing")


def _both(phrases: Phrases) -> Phrases | None:
    return phrases if len(phrases) > 1 else None


RULES = [
    Rule(
        "exclude",
        "no [more] {unwanted} [{at all}]",
        same,
        {
            "no vocals": ("vocals",),
            "no drums or bass, please": ("drums", "bass"),
            "no jazz, rock or country": ("jazz", "rock", "country"),
            "rainy, no drum and bass": ("drum and bass",),
        },
        [
            "no doubt about it",
            "no-wave",
            "a night with no sleep",
            "there's no music on Mars",
            "no, thanks",
        ],
        _is_request,
    ),
    Rule(
        "exclude",
        "[has | have | having] nothing to do with {unwanted any} [{at all}]",
        same,
        {"songs that have nothing to do with christmas": ("christmas",)},
        ["nothing to do", "there is nothing to do with my evening but wait"],
        _is_request,
    ),
    Rule(
        "exclude",
        "(no one | nobody) {unwanted nouns} [{at all}]",
        same,
        {"ambient, nobody singing": ("singing",)},
        ["nobody home", "no one knows", "nobody plays the piano"],
        _is_nobody_doing,
    ),
    Rule(
        "exclude",
        "(there (is | are | be) | there's | has | have | having) no {unwanted} [{at all}]",
        same,
        {"make sure there's no singing": ("singing",)},
        ["there's no love song in me", "there are no rules"],
        _is_left_out,
    ),
    Rule(
        "exclude",
        "(without | w/o) [having | using | needing | adding] {unwanted nouns} [{at all}]",
        same,
        {
            "without drums": ("drums",),
            "jazz without the saxophone or singing": ("saxophone", "singing"),
        },
        ["world music without borders", "can't live without music", "without a doubt"],
        _is_about_music,
    ),
    Rule(
        "exclude",
        "(without | w/o) [it | them] (being | sounding | getting | becoming | going | feeling) "
        "{unwanted}",
        same,
        {
            "warm without being cheesy": ("cheesy",),
            "rock without it being metal": ("metal",),
        },
        ["without being late", "without getting up"],
        _is_about_music,
    ),
    Rule(
        "exclude",
        "not {unwanted} [{at all}]",
        same,
        {"not country or metal": ("country", "metal"), "upbeat but not cheesy": ("cheesy",)},
        [
            "not just sad but devastating",
            "not too fast",
            "I'm tired but not sleepy",
            "whether or not",
        ],
        _is_refused,
    ),
    Rule(
        "exclude",
        "nothing [{what is}] {unwanted any} [{at all}]",
        same,
        {"nothing sad": ("sad",), "nothing heavy or loud": ("heavy", "loud")},
        ["nothing but the blues", "nothing else matters", "nothing too loud", "nothing compares"],
        _is_quality,
    ),
    Rule(
        "exclude",
        "{of music} (with | from | in | featuring | containing | by | that has | that have | "
        "which has | "
        "involving | that contains | like | close to) {unwanted} [{at all}]",
        same,
        {"nothing with drums": ("drums",), "no songs in French": ("French",)},
        ["nothing in particular", "not in the mood", "nothing from here"],
        _is_request,
    ),
    Rule(
        "exclude",
        "{of music} about {unwanted any} [{at all}]",
        same,
        {"no songs about love": ("love",)},
        ["nothing about it", "not about you"],
        _is_request,
    ),
    Rule(
        "exclude",
        "(({of music} | {denied}) (by | like | from | that sounds like) | not similar to | unlike) "
        "{names} [{at all}]",
        same,
        {
            "nothing by Coldplay": ("Coldplay",),
            "songs that aren't by Beck": ("Beck",),
            "trip hop unlike Portishead": ("Portishead",),
        },
        ["nothing like a good cry", "nothing by the sea"],
    ),
    Rule(
        "exclude",
        "{but} {unwanted} [{at all}]",
        same,
        {
            "anything but jazz": ("jazz",),
            "except christmas music": ("christmas music",),
            "minus the screaming": ("screaming",),
            "other than pop and rock": ("pop", "rock"),
        },
        ["everything but the girl", "all but forgotten", "except on Sundays", "minus ten degrees"],
        _is_exclusion,
    ),
    Rule(
        "exclude",
        "({but} | no | not | without | never) [absolutely] (everything | anything) [{at all}]",
        lambda: EVERYTHING,
        {"everything except everything": EVERYTHING, "no anything": EVERYTHING},
        ["no doubt about anything", "not everything is lost"],
        _is_all,
    ),
    Rule(
        "exclude",
        "{dislike} {unwanted nouns} [{at all}]",
        same,
        {
            "I hate autotune": ("autotune",),
            "I don't want any synths": ("synths",),
            "can't stand rap": ("rap",),
        },
        [
            "I hate Mondays",
            "can't stand the rain",
            "people who hate jazz",
        ],
        _is_own_dislike,
    ),
    Rule(
        "exclude",
        "{omission} {unwanted named} [{at all}]",
        same,
        {"skip Pitbull": ("Pitbull",), "avoid falsetto": ("falsetto",)},
        ["skip school", "never avoid jazz", "skip a beat"],
        _is_own_dislike,
    ),
    Rule(
        "exclude",
        "{dropping} {unwanted nouns} [{at all}]",
        same,
        {"hold the saxophone": ("saxophone",), "lose the drums": ("drums",)},
        ["hold the line", "skip the small talk", "we cut the cake"],
        _starts_clause,
    ),
    Rule(
        "exclude",
        "(leave | keep | leaving | keeping) {unwanted nouns} (out [of it | of this] | aside | off)",
        same,
        {"leave the ballads out": ("ballads",)},
        ["leave the house out", "with a piano"],
    ),
    Rule(
        "exclude",
        "neither {unwanted}",
        _both,
        {"neither country nor folk": ("country", "folk")},
        ["neither here nor there", "neither of us"],
    ),
    Rule(
        "exclude",
        "{avoiding} {any of it} {unwanted any} [{at all}]",
        same,
        {
            "I don't want it to be sad": ("sad",),
            "avoid anything loud": ("loud",),
            "not in the mood for anything loud": ("loud",),
        },
        ["I don't want it anyway", "don't make it too loud", "people who don't like it loud"],
        _is_own_aversion,
    ),
]
