"""The request parser: tables of requests, the examples of every rule, any text, and time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melscribe_core.grammar import lexicon
from melscribe_core.grammar.pattern import Rule
from melscribe_core.request import KnownNames, Request, grammar, parse, understood

TABLES = sorted(Path(__file__).with_name("requests").glob("*.tsv"))


def cases() -> Iterator[object]:
    for table in TABLES:
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), start=1):
            if line and not line.startswith("#"):
                text, wanted = line.split("\t")
                yield pytest.param(text, json.loads(wanted), id=f"{table.stem}:{number} {text}")


@pytest.mark.parametrize(("text", "wanted"), cases())
def test_a_request_of_the_tables(text: str, wanted: dict[str, object]) -> None:
    found = parse(text).as_dict()
    assert found.pop("text") == text
    if "about" not in wanted:
        found.pop("about")
    assert found == wanted
