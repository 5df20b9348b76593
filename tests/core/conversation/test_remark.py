"""One turn of a conversation: a table of turns, the examples of every rule, any text, and time.

The table has one turn per line: the text, a tab, and as JSON the fields that it sets; "names" lists
what is a name.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melscribe_core.conversation.moves import MOVES, moves
from melscribe_core.conversation.remark import DEGREES, Remark, read_remark, understood
from melscribe_core.request.folding import fold_name
from melscribe_core.request.grammar.pattern import Grammar, Rule
from melscribe_core.request.request import parse
from tests.support.paths import REQUESTS

TABLE = REQUESTS / "remarks" / "remarks.tsv"


def known(*names: str) -> Callable[[str], bool]:
    folded = set(map(fold_name, names))
    return lambda phrase: fold_name(phrase) in folded


def said(remark: Remark) -> dict[str, object]:
    """Return the fields that are set, tuples as lists."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(remark).items()
        if value not in ("", False, (), None)
    }


def cases() -> list[Any]:
    found = []
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), start=1):
        if line and not line.startswith("#"):
            text, wanted = line.split("\t")
            fields = json.loads(wanted)
            names = fields.pop("names", [])
            found.append(pytest.param(text, fields, names, id=f"{number}: {text}"))
    return found


def examples(side: str) -> list[Any]:
    return [
        pytest.param(rule, text, id=f"{rule.key}: {text}")
        for rule in MOVES
        for text in getattr(rule, side)
    ]


@pytest.mark.parametrize(("text", "wanted", "names"), cases())
def test_a_turn_of_the_table(text: str, wanted: dict[str, object], names: list[str]) -> None:
    assert said(read_remark(text, known(*names))) == wanted


def test_the_table_has_many_turns_and_many_plain_descriptions() -> None:
    fields = [case.values[1] for case in cases()]
    assert len(fields) > 400
    assert sum(set(each) == {"words"} for each in fields) > 50


@pytest.mark.parametrize("rule", MOVES, ids=lambda rule: f"{rule.key}: {rule.pattern[:60]}")
def test_every_rule_has_an_example_and_a_near_miss(rule: Rule) -> None:
    assert rule.yes
    assert rule.no


@pytest.mark.parametrize(("rule", "text"), examples("yes"))
def test_a_rule_reads_its_example(rule: Rule, text: str) -> None:
    assert getattr(read_remark(text), rule.key) == rule.yes[text]


@pytest.mark.parametrize(("rule", "text"), examples("no"))
def test_a_rule_passes_over_its_near_miss(rule: Rule, text: str) -> None:
    assert not getattr(read_remark(text), rule.key)


def test_every_rule_claims_its_examples() -> None:
    """Each rule alone reads the beginning of at least one of its examples."""
    from melscribe_core.conversation.edges import core_of
    from melscribe_core.conversation.phrases import SLOTS
    from melscribe_core.request.grammar.context import Context
    from melscribe_core.request.grammar.scene import Scene

    for rule in MOVES:
        alone = Grammar(dict(SLOTS), [rule])
        texts = [core_of(part, known()).text for text in rule.yes for part in re.split(",", text)]
        scenes = [Scene(text, Context()) for text in texts if text]
        for scene in scenes:
            scene.protected = [False] * len(scene.tokens)
        assert any(alone.claim_at(scene, 0) for scene in scenes), rule.pattern


# ---- what the request grammar reads in the words that are left


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("Lovely start. How about a few by Cher?", "by", ("Cher",)),
        ("add some from the 70s", "years", (1970, 1979)),
        ("great, but no vocals", "exclude", ("vocals",)),
        ("I meant songs like Portishead", "like", ("Portishead",)),
        ("start over with 20 sad songs", "count", 20),
    ],
)
def test_the_request_grammar_reads_the_words(text: str, key: str, value: object) -> None:
    assert getattr(parse(read_remark(text).words), key) == value


# ---- names


def test_a_name_is_no_word_of_agreement_where_it_is_asked_for() -> None:
    names = known("Yes", "More", "Next", "Nice", "Okay Kaya", "Great Lake Swimmers")
    for text in ("Yes", "more", "next", "nice", "Yes!"):
        assert said(read_remark(text, names)) == {"goes_on": True}
    for text, words in (
        ("add Yes", "Yes"),
        ("Some Next please", "Next"),
        ("Okay Kaya", "Okay Kaya"),
        ("Great Lake Swimmers", "Great Lake Swimmers"),
    ):
        assert said(read_remark(text, names)) == {"adds": True, "words": words}


def test_a_mark_inside_a_name_ends_no_clause() -> None:
    for name in ("Tyler, the Creator", "Panic! at the Disco", "Earth, Wind & Fire", "Mr. Big"):
        assert read_remark(f"add {name}", known(name)).words == name
        assert read_remark(f"no more {name}", known(name)).out == (name,)


def test_a_list_is_taken_apart_but_for_a_name() -> None:
    assert read_remark("remove Hall and Oates").out == ("Hall", "Oates")
    assert read_remark("remove Hall and Oates", known("Hall & Oates")).out == ("Hall and Oates",)


# ---- statements


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("that was quick, add some soul", "soul"),
        ("that was quick! More please", ""),
        ("I went to the sea. Play Adele", "Adele"),
        ("new playlist. I am tired and it rains", "I am tired and it rains"),
        ("I don't like these. I am tired tonight", "I am tired tonight"),
        ("okay, I am tired tonight", "I am tired tonight"),
    ],
)
def test_a_statement_counts_when_nothing_else_is_asked(text: str, words: str) -> None:
    assert read_remark(text).words == words


# ---- the line for the user


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("more like these", "more of the same"),
        ("two more", "more of the same · 2 tracks"),
        ("no more Ciara, and slower", "without Ciara · slower"),
        ("great, add Adele", "also Adele"),
        ("jazz instead", "now jazz"),
        ("I meant Celine Dion", "Celine Dion was meant"),
        ("not these", "other tracks"),
        ("play those again", "the same again"),
        ("more by her", "more of the last artist"),
        ("start over: jazz", "from the start · jazz"),
        ("calmer, less electronic", "more calm · less electronic"),
        ("one more", "more of the same · 1 track"),
        ("acoustic", "acoustic"),
        ("", ""),
    ],
)
def test_understood_is_one_line(text: str, line: str) -> None:
    assert understood(read_remark(text)) == line


# ---- any text


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "🎷", "!!!", "\x00", '"', "?"])
def test_a_text_without_words_asks_for_nothing(text: str) -> None:
    assert not said(read_remark(text)).keys() - {"words"}


def test_a_description_is_left_as_it_is() -> None:
    assert read_remark("  sad   piano\tmusic ") == Remark(words="sad piano music")


WORDS = sorted(
    {word for case in cases() for word in re.findall(r"\S+", case.values[0])}
    | {",", "—", "(", ")", "or", "and", "-", "'", '"', "½", "1/2", "3:30", "…", "\n"}
)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_any_text_is_read_without_error(text: str) -> None:
    remark = read_remark(text)
    json.dumps(said(remark)).encode()
    assert remark == read_remark(text)
    assert remark.count is None or remark.count > 0
    assert set(remark.degrees) <= set(DEGREES)
    assert all(phrase.strip() for phrase in remark.out + remark.more + remark.less)
    assert "\n" not in understood(remark)
    moves = {key for key in said(remark) if key not in ("goes_on", "count")}
    assert not (remark.goes_on and moves)
    assert remark.words or not (remark.adds or remark.switches)
    read_remark(text, lambda phrase: True)  # a library that knows every name


@pytest.mark.parametrize(
    "piece",
    [
        "add ",
        "no more ",
        "great ",
        "more, ",
        "and play ",
        "slower. ",
        "Aa ",
        "too ",
        "!",
        "a",
        "yes ",
    ],
)
def test_time_is_linear_in_the_text(piece: str) -> None:
    read_remark(piece)  # the rules are compiled at the first turn
    short, long = piece * 50, piece * 500
    assert _seconds(long) < 30 * _seconds(short) + 0.02


@pytest.mark.parametrize("start", ["I'm tired of ", "don't play ", "too many ", "no more "])
def test_time_is_linear_in_a_clause(start: str) -> None:
    read_remark(start)
    assert _seconds(start + "a " * 4000) < 20 * _seconds(start + "a " * 400) + 0.02


def test_a_turn_is_read_in_a_few_milliseconds() -> None:
    turns = [case.values[0] for case in cases()]
    read_remark(turns[0])
    start = time.process_time()
    for turn in turns:
        read_remark(turn)
    assert (time.process_time() - start) / len(turns) < 0.005


def _seconds(text: str) -> float:
    """Return the least processor time of several runs, since the machine may be shared."""
    times = []
    for _ in range(3):
        start = time.process_time()
        read_remark(text)
        times.append(time.process_time() - start)
    return min(times)


def test_the_rules_are_compiled_once() -> None:
    assert moves() is moves()
