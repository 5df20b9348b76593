"""Request: constraints read from the user's words, and the remaining free text.

A `Request` is the one form of a parsed request: remarks and options ("more", "less") give another
`Request` (see refinement). The rules are in request/grammar, each with examples. A phrase that may
not be a constraint stays in the free text: a false constraint is worse than a missed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from melscribe_core.languages.detection import verdict
from melscribe_core.request.foreign.translated import Translated
from melscribe_core.request.grammar import (
    affixes,
    artists,
    common,
    count,
    degree,
    durations,
    eras,
    exclude,
    length,
    name_spans,
    negation,
    numbers,
    queries,
    recent,
    shares,
    tempo,
    unwanted,
    years,
)
from melscribe_core.request.grammar.about import left_over
from melscribe_core.request.grammar.context import Context
from melscribe_core.request.grammar.leading_names import leading_names
from melscribe_core.request.grammar.lexicon import KnownNames, Names, as_lookup
from melscribe_core.request.grammar.names_only import names_only
from melscribe_core.request.grammar.pattern import Claim, Grammar, Rule, Term
from melscribe_core.request.grammar.scene import Scene
from melscribe_core.request.grammar.tokens import clean
from melscribe_core.request.grammar.unread_negations import unread_negations
from melscribe_core.text import brief

if TYPE_CHECKING:
    from melscribe_core.request.foreign.language import Language

__all__ = ["Context", "KnownNames", "Names", "Request", "parse", "understood"]

Span: TypeAlias = tuple[float | None, float | None]
_KINDS = (
    years,
    recent,
    tempo,
    length,
    count,
    shares,
    artists,
    negation,
    degree,
    exclude,
    queries,
)
_KEYS = (
    "years",
    "bpm",
    "minutes",
    "count",
    "track_seconds",
    "per_artist",
    "per_album",
    "exclude",
    "more",
    "less",
    "like",
    "by",
    "named",
    "leads",
    "queries",
)

_ALL = frozenset(("everything", "anything", "music", "all music", "any music"))
_ALL_PIECES = frozenset(("songs", "tracks", "tunes", "stuff", "sound", "sounds", "song", "track"))
_ALL_WORDS = frozenset("nothing at all please i want absolutely give play me".split())


@dataclass(frozen=True)
class Request:
    """What a request asks for; None and () mean no constraint.

    text, about: the request as written; the free text left without the constraints.
    years, bpm, track_seconds: (low, high), both inclusive, None where open.
    minutes, count: length of the playlist in minutes, in tracks.
    per_artist, per_album: most tracks of one artist, of one album.
    exclude, more, less: phrases as written. `less` lowers a track's score without excluding it;
    `more` is set by remarks and options only, see refinement.
    like, by: names as written, of examples and of artists.
    named: titles and albums, when the request asks for nothing else.
    leads: names as written, of artists and works whose tracks come first; others follow.
    queries: terms of a beets query or sort ("added:-1w..").
    asides: the words behind `queries`, each with its terms.
    unread: negations that no rule could read, as written.
    language: the code of the language whose rules read it; "" for English.

    Of a request in another language, what `exclude` and `less` hold are English descriptors as
    `Translated`, which keep the words that were written.
    """

    text: str
    about: str
    years: tuple[int | None, int | None] | None = None
    bpm: Span | None = None
    minutes: float | None = None
    count: int | None = None
    track_seconds: Span | None = None
    per_artist: int | None = None
    per_album: int | None = None
    exclude: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    asides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    language: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return "text", "about", and the language and constraints that are set.

        Tuples become lists.

        `asides` and `unread` are not constraints, and not included.
        """
        found: dict[str, object] = {"text": self.text, "about": self.about}
        for key in _KEYS:
            value = getattr(self, key)
            if value is not None and value != ():
                found[key] = list(value) if isinstance(value, tuple) else value
        return found | ({"language": self.language} if self.language else {})


def parse(text: str, names: Names | None = None, context: Context | None = None) -> Request:
    """Split a request into constraints and the remaining free text.

    It is read by the rules of the language that its words tell, by those of English when unsure.
    `names` are the artists, titles and albums of the library: a collection, `KnownNames` (folded
    once for many requests), or a predicate on folded names (see folding). They confirm names
    in lower case and where a name ends. `context` has further look-ups and replaces `names`.
    Any text is accepted, "" included; time is linear in its length.
    """
    context = context or Context(as_lookup(names))
    readings = _foreign_readings(text, context)
    if len({str(_constraints(one)) for one in readings}) == 1:
        return readings[0]
    return parse_with(grammar(), text, context)


def languages_in_doubt(text: str, context: Context) -> tuple[str, ...]:
    """Return the codes of the languages that fit a request equally and read it differently.

    () when its language is clear, or does not matter. A request in doubt is read as English.
    """
    if not verdict(text).tied:  # most: none is read twice
        return ()
    readings = _foreign_readings(text, context)
    differ = len({str(_constraints(one)) for one in readings}) > 1
    return tuple(one.language for one in readings) if differ else ()


def _foreign_readings(text: str, context: Context) -> list[Request]:
    """Return a request as the languages read it whose words tell it; [] for English and names.

    Of several that fit equally, those that find a constraint.
    """
    found = verdict(text)
    spoken = (found.code,) if found.code else found.tied
    if not spoken or is_name(text, context):
        return []
    from melscribe_core.request.foreign.language import language  # no English request needs it

    readings = [parse_in(language(code), text, context) for code in spoken]
    return readings if found.code else [one for one in readings if _constraints(one)]


def _constraints(request: Request) -> dict[str, object]:
    return {key: value for key in _KEYS if (value := getattr(request, key)) not in (None, ())}


def is_name(text: str, context: Context) -> bool:
    """Return whether a whole request is names or one descriptor of the library, in any language."""
    return context.descriptors(text) or bool(names_only(Scene(clean(text), context), []))


def parse_in(spoken: Language, text: str, context: Context) -> Request:
    """Split a request by the rules of a language other than English."""
    from melscribe_core.request.foreign.unread import unread_in

    scene = spoken.scene(clean(text), context)
    claims = spoken.grammar.claims(scene)
    about = left_over(scene, claims, spoken.connectives)
    found = _request(scene, text, about, claims)
    return replace(found, unread=unread_in(spoken, scene, claims), language=spoken.code)


def parse_with(rules: Grammar, text: str, context: Context) -> Request:
    """Split a request by the given rules of English; `parse` uses all."""
    scene = Scene(clean(text), context)
    claims = rules.claims(scene)
    only = [] if _values(claims, "like") or _values(claims, "by") else names_only(scene, claims)
    if not only:
        claims = _in_order([*claims, *leading_names(scene, claims)])
    about = "" if only else left_over(scene, claims)
    claims += only
    return replace(_request(scene, text, about, claims), unread=unread_negations(scene, claims))


def _request(scene: Scene, text: str, about: str, claims: Sequence[Claim]) -> Request:
    """Return what claims amount to."""
    return Request(
        text=text,
        about=about,
        years=_combined(_values(claims, "years")),
        bpm=_combined(_values(claims, "bpm")),
        minutes=_first(_values(claims, "minutes")),
        count=_first(_values(claims, "count")),
        track_seconds=_combined(_values(claims, "track_seconds")),
        per_artist=_first(_values(claims, "per_artist")),
        per_album=_first(_values(claims, "per_album")),
        exclude=_together(_values(claims, "exclude")),
        less=_together(_values(claims, "less")),
        like=_together(_values(claims, "like")),
        by=_together(_values(claims, "by")),
        named=_together(_values(claims, "named")),
        leads=_together(_values(claims, "leads")),
        queries=_together(_values(claims, "queries")),
        asides=tuple(
            (scene.slice(claim.start, claim.end), claim.value)
            for claim in claims
            if claim.key == "queries"
        ),
    )


def asks_nothing(request: Request) -> bool:
    """Return whether a request excludes all music: "no music", "everything but everything".

    "No songs" does only if the request has nothing else: it may exclude sung music.
    """
    unwanted = {phrase.casefold() for phrase in request.exclude}
    if not unwanted:
        words = request.about.casefold().split()
        return "nothing" in words and _ALL_WORDS.issuperset(words)
    alone = not (request.about or request.like or request.by or request.leads)
    return not unwanted.isdisjoint(_ALL) or (alone and not unwanted.isdisjoint(_ALL_PIECES))


def understood(request: Request) -> str:
    """Return the constraints on one line for the user: "1980-1989 · not ballads"; "" for none.

    Names that lead are not among them: a note says how many tracks each has.
    """
    parts = [
        _shown(request.years, str),
        _shown(request.bpm, _plain, " bpm"),
        _shown(request.track_seconds, _clock, " per track"),
        _listed("like", request.like),
        _listed("by", request.by),
        ", ".join(request.named),
        _listed("not", tuple(map(_with_original, request.exclude))),
        "" if request.count is None else f"{request.count} track{'s' * (request.count != 1)}",
        "" if request.minutes is None else f"{_plain(request.minutes)} min",
        "" if request.per_artist is None else f"{request.per_artist} per artist",
        "" if request.per_album is None else f"{request.per_album} per album",
        *(f"more {brief(phrase)}" for phrase in request.more),
        *(f"less {brief(_with_original(phrase))}" for phrase in request.less),
    ]
    return " · ".join(filter(None, parts))


@cache
def grammar() -> Grammar:
    """Return the grammar of all rules, compiled once."""
    return grammar_of([rule for kind in _KINDS for rule in kind.RULES])


def grammar_of(rules: Sequence[Rule]) -> Grammar:
    """Return the grammar of the given rules and all terms."""
    terms: dict[str, Term] = {}
    for module in (numbers, common, eras, durations, name_spans, unwanted, affixes, *_KINDS):
        terms |= module.TERMS
    return Grammar(terms, rules)


def _in_order(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: claim.start)


def _values(claims: Sequence[Claim], key: str) -> list[Any]:
    return [claim.value for claim in claims if claim.key == key]


def _first(values: list[Any]) -> Any:
    return values[0] if values else None


def _together(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return all phrases in order, without repeats in any case."""
    phrases: dict[str, str] = {}
    for phrase in chain.from_iterable(values):
        phrases.setdefault(phrase.casefold(), phrase)
    return tuple(phrases.values())


def _combined(spans: list[Any]) -> Any:
    """Return one span for several, None for none."""
    return reduce(_combine, spans) if spans else None


def _combine(one: Span, two: Span) -> Span:
    """Return the intersection if one span is open and they overlap, else the span of both."""
    low, high = max(one[0] or 0, two[0] or 0) or None, _lower(one[1], two[1])
    bounds = None in one or None in two
    if bounds and (low is None or high is None or low <= high):
        return low, high
    return _covering(one, two)


def _lower(one: float | None, two: float | None) -> float | None:
    return min((value for value in (one, two) if value is not None), default=None)


def _covering(one: Span, two: Span) -> Span:
    low = None if one[0] is None or two[0] is None else min(one[0], two[0])
    high = None if one[1] is None or two[1] is None else max(one[1], two[1])
    return low, high


def _shown(span: Span | None, show: Callable[[float], str], unit: str = "") -> str:
    """Return a span as text, "" for None: "1980-1989", "from 140 bpm", "up to 3:00 per track"."""
    if span is None:
        return ""
    low, high = span
    if low is None or high is None:
        bound = f"from {show(low)}" if low is not None else f"up to {show(high or 0)}"
        return bound + unit
    return (show(low) if low == high else f"{show(low)}-{show(high)}") + unit


def _listed(word: str, phrases: tuple[str, ...]) -> str:
    return f"{word} {', '.join(map(brief, phrases))}" if phrases else ""


def _with_original(phrase: str) -> str:
    """Return a phrase; one of another language with what was written: "saxophone (Saxofon)"."""
    if not isinstance(phrase, Translated) or phrase.casefold() == phrase.written.casefold():
        return phrase
    return f"{phrase} ({phrase.written})"


def _plain(value: float) -> str:
    return f"{value:g}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
