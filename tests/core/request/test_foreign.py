"""Requests in other languages: tables, the examples of every rule, a language of a folder.

The tables are in tests/data/requests/languages, one folder per language, in the form of those of
English (see test_request). `aside.tsv` was written before the rules.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melscribe_core.errors import MelScribeError
from melscribe_core.languages.glossary import codes
from melscribe_core.request.foreign.language import language, load
from melscribe_core.request.foreign.translated import Translated
from melscribe_core.request.grammar.pattern import Rule
from melscribe_core.request.request import (
    Context,
    KnownNames,
    languages_in_doubt,
    parse,
    parse_in,
    understood,
)
from tests.support.paths import REQUESTS

TABLES = REQUESTS / "languages"


def cases() -> list[Any]:
    found = []
    for table in sorted(TABLES.glob("*/*.tsv")):
        code = table.parent.name
        lines = table.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            text, wanted = line.split("\t")
            name = f"{code}-{table.stem}:{number}"
            found.append(pytest.param(code, text, json.loads(wanted), id=name))
    return found


def examples(side: str) -> list[Any]:
    return [
        pytest.param(code, rule, text, id=f"{code}-{rule.key}: {text}")
        for code in codes()
        for rule in language(code).grammar.rules
        for text in getattr(rule, side)
    ]


def constraints(code: str, text: str) -> dict[str, object]:
    found = parse_in(language(code), text, Context()).as_dict()
    kept = {key: value for key, value in found.items() if key not in ("text", "about", "language")}
    return json.loads(json.dumps(kept))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("code", "text", "wanted"), cases())
def test_a_request_of_the_tables(code: str, text: str, wanted: dict[str, object]) -> None:
    found = parse(text).as_dict()
    kept = {key: value for key, value in found.items() if key not in ("text", "about", "language")}
    assert json.loads(json.dumps(kept)) == wanted


@pytest.mark.parametrize("code", codes())
def test_a_third_of_our_own_rows_are_traps(code: str) -> None:
    ours = [case.values for case in cases() if case.values[0] == code]
    traps = [values for values in ours if not values[2]]
    assert len(ours) >= 100
    assert len(traps) >= 25


@pytest.mark.parametrize(("code", "rule", "text"), examples("yes"))
def test_a_rule_reads_its_example(code: str, rule: Rule, text: str) -> None:
    assert getattr(parse_in(language(code), text, Context()), rule.key) == rule.yes[text]


@pytest.mark.parametrize(("code", "rule", "text"), examples("no"))
def test_a_rule_passes_over_its_near_miss(code: str, rule: Rule, text: str) -> None:
    assert getattr(parse_in(language(code), text, Context()), rule.key) in (None, ())


@pytest.mark.parametrize("code", codes())
def test_every_rule_has_an_example_and_a_near_miss(code: str) -> None:
    assert [
        rule.pattern for rule in language(code).grammar.rules if not (rule.yes and rule.no)
    ] == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_without_error(text: str) -> None:
    for code in codes():
        parse_in(language(code), text, Context())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_words_of_a_language_are_read_without_error(data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(codes()))
    rules = language(code).grammar.rules
    words = sorted(
        {word for rule in rules for text in (*rule.yes, *rule.no) for word in text.split()}
    )
    text = " ".join(data.draw(st.lists(st.sampled_from(words), max_size=12)))
    parse_in(language(code), text, Context())


@pytest.mark.parametrize(
    ("text", "same"),
    {
        "Musik fuer den Abend, nicht ueber 90 bpm": "Musik für den Abend, nicht über 90 bpm",
        "lieder aus den fuenfzigern": "Lieder aus den Fünfzigern",
        "du jazz des annees 60": "du jazz des années 60",
        "chansons d’avant 1970": "chansons d'avant 1970",
        "musica de los anos ochenta sin percusion": "música de los años ochenta sin percusión",
    }.items(),
)
def test_accents_capitals_and_apostrophes_may_be_missing(text: str, same: str) -> None:
    code = parse(same).language
    assert code
    assert constraints(code, text) == constraints(code, same) != {}


def test_what_is_left_is_what_to_search_for() -> None:
    assert parse("gib mir zwanzig traurige Songs ohne Klavier").about == "traurige Songs"
    assert parse("du jazz, sans saxophone, pour dîner").about == "jazz, pour dîner"
    assert parse("quiero jazz de los años 60 para cenar").about == "jazz para cenar"


def test_names_are_written_as_the_library_has_them() -> None:
    names = KnownNames(["Die Ärzte", "Los Planetas"])
    assert parse("Lieder von den Ärzten", names).by == ("Die Ärzte",)
    assert parse("canciones de los Planetas", names).by == ("Los Planetas",)
    assert parse("des chansons des Beatles").by == ("The Beatles",)


def test_a_name_or_descriptor_of_the_library_is_no_request_in_another_language() -> None:
    assert parse("c'est la vie").language == "fr"
    title = Context(
        names=lambda folded: folded == "c est la vie" or folded == "cest la vie",
        kinds=lambda name: frozenset(("title",)) if name == "c'est la vie" else frozenset(),
    )
    assert parse("c'est la vie", context=title).language == ""
    known = Context(descriptors=lambda phrase: phrase == "neue deutsche welle")
    assert parse("neue deutsche welle", context=known).language == ""


def test_a_language_in_doubt_is_that_whose_reading_finds_something() -> None:
    # "de", "la" and "entre" are French and Spanish alike; the Spanish "y" joins the years.
    assert parse("la rumba de entre 1960 y 1970").years == (1960, 1970)
    assert languages_in_doubt("la rumba de entre", Context()) == ()


def test_negations_that_no_rule_reads_are_kept() -> None:
    assert parse("Jazz, keine Maultrommel bitte").unread == ("keine Maultrommel bitte",)
    assert parse("du jazz, sans guimbarde").unread == ("sans guimbarde",)
    assert parse("algo de jazz sin berimbao para cenar").unread == ("sin berimbao para cenar",)
    assert parse("ich kann nicht schlafen").unread == ()


def test_an_exclusion_keeps_its_words() -> None:
    request = parse("Jazz ohne Saxofon")
    assert understood(request) == "not saxophone (Saxofon)"
    copied = copy.deepcopy(request.exclude[0])
    assert isinstance(copied, Translated)
    assert (copied, copied.written) == ("saxophone", "Saxofon")


def test_a_request_in_english_loads_no_rules_of_other_languages() -> None:
    code = (
        "from melscribe_core.request.request import parse\n"
        "from melscribe_core.request.foreign.language import language\n"
        "parse('jazz, no vocals, 45 minutes')\n"
        "print(language.cache_info().currsize)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "0\n"


# A toy language: "nul X" excludes, "zor 80" is a decade, numbers up to three.
TOY = {
    "glossary.tsv": "saxophone\tsaksu\nvocal\tvoku|vokuda\n",
    "telling.txt": "nul zor muzu\n",
    "numbers.txt": "2 du\n3 tri\n",
    "lists.txt": "[name]\nToyish\n[joints]\nke\n[stops]\nnul, zor\n[idioms]\nnul problu\n"
    "[denials]\nnul\n[loose last]\nke\n",
    "rules.txt": """
[words]
hours = horu
[term bare]
{tens} -> decade
[rule years]
zor {bare} -> same
    + muzu zor 80 => [1980, 1989]
    - zor du
[rule exclude]
nul {unwanted} -> same
    + muzu nul saksu => ["saxophone"]
    - nul problu
[term duration]
{number} {hours} -> times 3600
[rule minutes]
{duration} -> minutes
    if not after problem
    + muzu du horu => 120
    - problu du horu
[words]
problem = problu
""",
}


def toy(folder: Path, **files: str) -> Path:
    for name, text in {**TOY, **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_language_is_a_folder_of_data(tmp_path: Path) -> None:
    toyish = load(toy(tmp_path), "toy")
    request = parse_in(toyish, "muzu zor 80, nul saksu ke voku, tri horu", Context())
    assert (request.years, request.exclude, request.minutes, request.about, request.language) == (
        (1980, 1989),
        ("saxophone", "vocal"),
        180,
        "muzu",
        "toy",
    )
    for rule in toyish.grammar.rules:
        for text, value in rule.yes.items():
            assert getattr(parse_in(toyish, text, Context()), rule.key) == value
        for text in rule.no:
            assert getattr(parse_in(toyish, text, Context()), rule.key) in (None, ())
    assert parse_in(toyish, "muzu nul fagotu", Context()).unread == ("nul fagotu",)


@pytest.mark.parametrize(
    ("rules", "said"),
    {
        "[rule years]\nzor {bar} -> same": "there is no class of words or term 'bar'",
        "[rule years]\nzor {year} -> jahr": "there is no meaning 'jahr'",
        "[rule years]\nzor {year} -> year\n    if loud": "there is no condition 'loud'",
        "[rule years]\nzor {year}": "line 2 is no rule",
        "[words]\nyear = jahu": "'year' is the name of two terms",
        "[rule years]\nzor ({year} -> year": "opens '('",
    }.items(),
)
def test_a_rule_that_cannot_be_read_is_named(tmp_path: Path, rules: str, said: str) -> None:
    with pytest.raises(MelScribeError, match=r"rules\.txt") as raised:
        load(toy(tmp_path, **{"rules.txt": rules}), "toy")
    assert said in str(raised.value)
