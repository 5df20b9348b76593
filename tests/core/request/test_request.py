"""The request parser: tables of requests, the examples of every rule, any text, and time.

A table in tests/data/requests has one request per line: the text, a tab, and as JSON the keys it
must set. A line "# this_year=2026" sets the year for the lines after it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melscribe_core.request import grammar as grammar_package
from melscribe_core.request.folding import fold, fold_name
from melscribe_core.request.grammar import lexicon
from melscribe_core.request.grammar.pattern import Rule
from melscribe_core.request.grammar.tokens import tokenize
from melscribe_core.request.request import (
    Context,
    KnownNames,
    asks_nothing,
    grammar,
    grammar_of,
    parse,
    parse_with,
    understood,
)
from tests.support.paths import REQUESTS

UNREAD = REQUESTS / "unread.txt"
TABLES = sorted(REQUESTS.glob("*.tsv"))
GRAMMAR = Path(grammar_package.__file__).parent


def in_year(year: int) -> Context:
    return Context(this_year=lambda: year)


TODAY = in_year(2026)  # the examples of the rules hold in this year


def cases(tables: Iterable[Path] = TABLES) -> list[Any]:
    found = []
    for table in tables:
        context = Context()
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("# this_year="):
                context = in_year(int(line.partition("=")[2]))
            elif line and not line.startswith("#"):
                text, wanted = line.split("\t")
                case = (text, json.loads(wanted), context)
                found.append(pytest.param(*case, id=f"{table.stem}:{number}"))
    return found


def examples(side: str) -> list[Any]:
    return [
        pytest.param(rule, text, id=f"{rule.key}: {text}")
        for rule in grammar().rules
        for text in getattr(rule, side)
    ]


@pytest.mark.parametrize(("text", "wanted", "context"), cases())
def test_a_request_of_the_tables(text: str, wanted: dict[str, object], context: Context) -> None:
    found = parse(text, context=context).as_dict()
    assert found.pop("text") == text
    if "about" not in wanted:
        found.pop("about")
    assert found == wanted


@pytest.mark.parametrize(("text", "wanted", "context"), cases([UNREAD]))
def test_unread_negations_are_kept(text: str, wanted: list[str], context: Context) -> None:
    found = parse(text, context=context)
    assert list(found.unread) == wanted
    assert "unread" not in found.as_dict()


def test_the_tables_hold_at_least_as_many_traps_as_a_third_of_their_requests() -> None:
    wanted = [case.values[1] for case in cases()]
    traps = [keys for keys in wanted if not set(keys) - {"about"}]
    assert len(wanted) > 1000
    assert len(traps) > len(wanted) / 3


@pytest.mark.parametrize("rule", grammar().rules, ids=lambda rule: f"{rule.key}: {rule.pattern}")
def test_every_rule_has_an_example_and_a_near_miss(rule: Rule) -> None:
    assert rule.yes
    assert rule.no


@pytest.mark.parametrize(("rule", "text"), examples("yes"))
def test_a_rule_reads_its_example(rule: Rule, text: str) -> None:
    assert getattr(parse(text, context=TODAY), rule.key) == rule.yes[text]


@pytest.mark.parametrize(("rule", "text"), examples("no"))
def test_a_rule_passes_over_its_near_miss(rule: Rule, text: str) -> None:
    assert getattr(parse(text, context=TODAY), rule.key) in (None, ())


@pytest.mark.slow
def test_every_rule_is_needed() -> None:
    """Without a rule, at least one of its own examples is read differently."""
    rules = grammar().rules
    idle = []
    for rule in rules:
        others = grammar_of([other for other in rules if other is not rule])
        if all(parse_with(others, t, TODAY) == parse(t, context=TODAY) for t in rule.yes):
            idle.append(rule.pattern)
    assert idle == []


# ---- the request itself


def test_as_dict_has_only_set_constraints() -> None:
    assert parse("rainy day jazz").as_dict() == {
        "text": "rainy day jazz",
        "about": "rainy day jazz",
    }
    assert parse("before 1975, no drums").as_dict() == {
        "text": "before 1975, no drums",
        "about": "",
        "years": [None, 1974],
        "exclude": ["drums"],
    }


def test_a_request_without_constraints_is_left_as_it_is() -> None:
    assert parse("  no  doubt\nabout it ").about == "no doubt about it"
    assert parse("please").about == "please"
    assert parse("").about == ""


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("give me 20 sad songs", "sad songs"),
        ("a playlist of 20 songs", ""),
        ("slow songs and no drums", "slow songs"),
        ("no drums, but strings", "strings"),
        ("jazz (no vocals) for dinner", "jazz for dinner"),
        ("an 80s pop song", "a pop song"),
        ("a 60s organ", "an organ"),
        ("sad, 45 minutes, slow", "sad, slow"),
        ("SLOW Songs, 20 tracks", "SLOW Songs"),
        ('"rainy" songs, 20 tracks', '"rainy" songs'),
        ("songs to cry to", "songs to cry to"),
        ("folk! loud! 30 songs! no ballads!", "folk! loud!"),
    ],
)
def test_about_reads_naturally(text: str, about: str) -> None:
    assert parse(text).about == about


def test_spans_are_combined() -> None:
    assert parse("80s pop and 90s rock").years == (1980, 1999)  # the span that holds both
    assert parse("80s, nothing after 1985").years == (1980, 1985)  # an open bound cuts
    assert parse("80s and after 2010").years == (1980, None)  # nothing would be left: both again
    assert parse("over 100 bpm, under 120 bpm").bpm == (100, 120)


def test_a_phrase_is_listed_once() -> None:
    assert parse("no drums, no vocals and no Drums").exclude == ("drums", "vocals")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("80s pop, no ballads, 45 minutes", "1980-1989 · not ballads · 45 min"),
        ("20 songs from 1999", "1999 · 20 tracks"),
        ("just one song", "1 track"),
        ("before 1975", "up to 1974"),
        ("over 140 bpm", "from 140 bpm"),
        ("songs between 2 and 4 minutes", "2:00-4:00 per track"),
        ("songs by Nina Simone like Adele", "like Adele · by Nina Simone"),
        ("1.5 hours without drums or bass", "not drums, bass · 90 min"),
        ("feels like summer", ""),
        ("rock but not too heavy, 20 songs", "20 tracks · less heavy"),
        ("max 2 per artist, one per album", "2 per artist · 1 per album"),
    ],
)
def test_understood_is_one_line(text: str, line: str) -> None:
    assert understood(parse(text)) == line


# ---- names


def test_names_of_the_library_are_found_in_lower_case() -> None:
    text = "something like mdou moctar but slower"
    assert parse("like the beths but slower").like == ()  # "beths" alone might be anything
    for names in (["The Beths"], {"the beths"}, KnownNames(["Beths"]), {"beths"}.__contains__):
        assert parse("like the beths but slower", names).like == ("the beths",)
    assert parse(text, ["Mdou Moctar"]).about == "slower"


def test_names_of_the_library_say_where_a_name_ends() -> None:
    assert parse("like Songs and Ballads").like == ()
    assert parse("like Emerson and Son or Nobody Special", ["Emerson & Son"]).like == (
        "Emerson and Son",
        "Nobody Special",
    )


def test_an_ordinary_title_in_lower_case_is_not_a_name() -> None:
    titles = ["Summer", "Jazz", "Rain", "1999", "No Vocals"]
    for text in ("feels like summer", "something like jazz", "like rain on a roof"):
        assert parse(text, titles).like == ()
    assert parse("20 songs from 1999", titles).years == (1999, 1999)
    assert parse("piano, no vocals", titles).exclude == ("vocals",)


def test_no_rule_matches_inside_a_name_of_the_library() -> None:
    assert parse("Nothing After 2010 and strings").years is not None
    assert parse("the mood of Nothing After 2010", ["Nothing After 2010"]).years is None


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("The Beatles", "beatles"),
        ("The The", "the"),
        ("Sigur Rós", "sigur ros"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("Guns N’ Roses", "guns n roses"),
        ("AC/DC", "ac dc"),
        ("!!!", "!!!"),
        ("", ""),
    ],
)
def test_names_are_folded(name: str, folded: str) -> None:
    assert fold_name(name) == folded


# ---- descriptors of the library


@pytest.mark.parametrize(
    ("text", "key", "phrases"),
    [
        ("calm music, no glorps", "exclude", ("glorps",)),  # the plural of a descriptor
        ("calm music, no d'n'z", "exclude", ("d'n'z",)),
        ("calm music without stand-ins", "exclude", ("stand-ins",)),  # "in" ends other phrases
        ("skip the glorps and the made up noises", "exclude", ("glorps", "made up noises")),
        ("rock that isn't glorp", "exclude", ("glorp",)),
        ("non-glorp rock", "exclude", ("glorp",)),
        ("no show glorps", "exclude", ("show glorps",)),
        ("never glorp", "exclude", ("glorp",)),
        ("less glorp", "less", ("glorp",)),
        ("not too glorp", "less", ("glorp",)),
        ("NO GLORP", "exclude", ("GLORP",)),
        ("glorpless rock", "exclude", ()),  # here it is wanted
    ],
)
def test_any_descriptor_of_the_library_can_be_excluded(
    text: str, key: str, phrases: tuple[str, ...]
) -> None:
    here = {"glorp", "d'n'z", "stand-in", "made up noises", "show glorp", "glorpless"}
    context = Context(descriptors=lambda phrase: phrase.casefold() in here)
    found = parse(text, context=context)
    assert (getattr(found, key), found.unread) == (phrases, ())


def test_without_a_library_an_unknown_word_is_unread() -> None:
    found = parse("calm music, no glorps")
    assert (found.exclude, found.unread) == ((), ("no glorps",))


def test_a_title_of_the_library_excludes_nothing() -> None:
    text = "sad like not a single glorp"
    assert parse(text).unread == ("not a single glorp",)
    assert parse(text, ["Not a Single Glorp"]).unread == ()


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("no music", True),
        ("jazz, no music", True),
        ("everything except everything", True),
        ("anything but everything", True),
        ("no anything", True),
        ("no songs", True),
        ("nothing", True),
        ("nothing at all please", True),
        ("piano pieces, no songs", False),
        ("no metal", False),
        ("nothing sad", False),
        ("music", False),
        ("", False),
    ],
)
def test_asks_nothing(text: str, nothing: bool) -> None:
    assert asks_nothing(parse(text)) is nothing


# ---- any text, in any writing


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("２０ songs", "count", 20),  # full-width digits
        ("’80s synths", "years", (1980, 1989)),
        ("1980–1989", "years", (1980, 1989)),
        ("20 songs\N{EM DASH}no vocals", "exclude", ("vocals",)),
        ("songs by Bjo\N{COMBINING DIAERESIS}rk", "by", ("Björk",)),
        ("no\x00vocals", "exclude", ("vocals",)),
        ("NO VOCALS", "exclude", ("VOCALS",)),
        ("jazz\nno drums", "exclude", ("drums",)),
        ("songs like 椎名林檎, 20 tracks", "like", ("椎名林檎",)),
        ("🎷 no drums 🥁", "exclude", ("drums",)),
        ("\N{RIGHT-TO-LEFT MARK}20 songs", "count", 20),
    ],
)
def test_other_ways_of_writing(text: str, key: str, value: object) -> None:
    assert getattr(parse(text), key) == value


WORDS = sorted(
    {word for case in cases() for word in re.findall(r"\S+", case.values[0])}
    | {",", "—", "(", ")", "or", "and", "-", "'", '"', "½", "1/2", "3:30", "…"}
)


@settings(max_examples=300)
@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_any_text_is_read_without_error(text: str) -> None:
    request = parse(text)
    json.dumps(request.as_dict())
    request.about.encode()  # no lone surrogates reach the encoder
    assert request.text == text
    assert request == parse(text)
    for span in (request.years, request.bpm, request.track_seconds):
        assert span is None or span[0] is None or span[1] is None or span[0] <= span[1]
    assert request.count is None or request.count > 0
    assert request.minutes is None or request.minutes > 0
    assert all(
        phrase.strip() for phrase in request.exclude + request.less + request.like + request.by
    )
    assert all(phrase.strip() for phrase in request.unread)
    parse(text, lambda name: True)  # a library that knows every name
    parse(text, context=Context(descriptors=lambda phrase: True))


@pytest.mark.parametrize(
    "piece",
    [
        "no ",
        "no glorp ",
        "not too ",
        "that is not ",
        "1985-",
        "80s, ",
        "twenty ",
        "Aa and the ",
        "like ",
        "a ",
        "no jazz, ",
        "(",
        "1 ",
        "é",
    ],
)
def test_time_is_linear_in_the_text(piece: str) -> None:
    parse(piece)  # the word lists are read at the first request
    short, long = piece * 50, piece * 500
    assert _seconds(long) < 30 * _seconds(short) + 0.02


def _seconds(text: str) -> float:
    """Return the least processor time of several runs, since the machine may be shared."""
    times = []
    for _ in range(3):
        start = time.process_time()
        parse(text)
        times.append(time.process_time() - start)
    return min(times)


# ---- the grammar's own data


def test_a_pattern_with_loose_brackets_is_refused() -> None:
    for pattern in ("(a | b", "a)", "[a"):
        with pytest.raises(ValueError, match="pattern"):
            grammar().compiled(pattern)
    with pytest.raises(KeyError):
        grammar().compiled("{no such term}")


def test_every_word_class_is_used() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in GRAMMAR.glob("*.py"))
    unused = [
        name
        for name in lexicon.sections("words.txt")
        if f'"{name}"' not in code and f"{{{name}}}" not in code
    ]
    assert unused == []


@given(st.text("abWZ -é9'.", max_size=12))
def test_entries_of_lists_are_tokenized_as_requests(entry: str) -> None:
    cut = (token.low for token in tokenize(fold(entry)))
    assert lexicon.phrase_of(entry) == tuple(low for low in cut if low not in ("-", "—"))


def test_the_kinds_of_musical_words() -> None:
    assert lexicon.kind_of("drums") == "instrument"
    assert lexicon.kind_of("lullabies") == "form"
    assert lexicon.kind_of("drum", "and", "bass") == "genre"
    assert lexicon.kind_of("borders") == ""
