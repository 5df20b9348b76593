"""Any bytes into what reads words, facts and small files, and into what writes playlists."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.faults.sizes import SOAK
from tests.faults.targets import TARGETS, corpus

EXAMPLES = 5000 if SOAK else 150
PIECES = (
    "folk|sad|80s|1990|from|to|between|no|not|without|like|by|more|less|minutes|min|bpm|tracks"
    "|under|over|at least|,|-|–|'|\"|(|)|&|/|:|;|.|!|?|#|$|%|*|\\|\n|\r|\t|\0|\x1b|\u2028|\ufeff"
    "|é|İ|ß|２０|½|🎸|3:00|4/4|hip hop|R&B|AND|OR|NEAR|{}|[]|true|null|1e999|NaN|format|check|text"
).split("|")
pieces = st.lists(st.sampled_from(PIECES), max_size=12)
anything = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=120).map(lambda text: text.encode("utf-8", "replace")),
    st.tuples(pieces, st.sampled_from(["", " ", "|"])).map(
        lambda made: made[1].join(made[0]).encode()
    ),
    st.lists(st.binary(max_size=20), max_size=12).map(b"|".join),
)


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(data=anything)
@example(data=b"")
def test_any_bytes(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept(name: str) -> None:
    kept = corpus(name)
    assert 5 <= len(kept) <= 60
    assert sum(map(len, kept)) < 30_000
    for data in kept:
        TARGETS[name](data)
