"""Requests as users type them, on one made-up library.

The cases are in tests/data/requests/library/kinds.tsv.

A case is a request, a tab and JSON. Each key is optional; case and hyphens are ignored:

first: titles that lead the answer, in any order. in: descriptors or titles in the answer.
top_has: [descriptor, N], each of the first N tracks has it. only: no titles but these.
none_has: descriptors or titles not in the answer. absent: titles not in the answer.
below: [title, title], the first is after the second, or absent.
per_artist: most tracks of one artist. count: number of tracks.
note: parts of the notes; no_note: not in the notes; understood: parts of the "understood:" line.
error: part of the error message. args: further arguments.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pytest
from beets.ui import UserError

from tests.support.home import Home
from tests.support.inside import beet
from tests.support.library_of_kinds import ALIASES, tracks
from tests.support.paths import REQUESTS

TABLE = REQUESTS / "library" / "kinds.tsv"


def _cases() -> list[tuple[str, dict[str, Any]]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(request, json.loads(expected)) for request, expected in parts]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("beets"))
    made.configure(file_tags=False, aliases=ALIASES)
    made.add(*tracks())
    beet(made, "melindex")
    return made


@dataclass
class Answer:
    """The output of `beet describe --json`: tracks and notes, or an error."""

    tracks: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str | None = None

    @classmethod
    def to(cls, home: Home, request: str, *args: str) -> Answer:
        try:
            found = json.loads(beet(home, "describe", "--json", *args, request))
        except UserError as error:
            return cls(error=str(error))
        return cls(found["tracks"], found["notes"])

    @property
    def titles(self) -> list[str]:
        return [_plain(track["title"]) for track in self.tracks]

    @property
    def descriptors(self) -> list[set[str]]:
        """What each track is tagged, in its spelling and in English."""
        meant = [chain.from_iterable(one.get("english", {}).values()) for one in self.tracks]
        tagged = [track["descriptors"] for track in self.tracks]
        return [set(map(_plain, (*own, *e))) for own, e in zip(tagged, meant, strict=True)]

    @property
    def held(self) -> set[str]:
        return {*self.titles}.union(*self.descriptors)

    @property
    def said(self) -> str:
        return _plain(" | ".join(self.notes))

    @property
    def understood(self) -> str:
        return next((_plain(n) for n in self.notes if n.startswith("understood:")), "")

    def __str__(self) -> str:
        listed = [f"{t['score']:.2f} {t['title']}: {t['descriptors']}" for t in self.tracks]
        return "\n".join([*listed, f"notes: {self.notes}", f"error: {self.error}"])


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ")


def _texts(wanted: str | list[str]) -> list[str]:
    return [_plain(one) for one in ([wanted] if isinstance(wanted, str) else wanted)]


def _top_has(got: Answer, wanted: list[Any]) -> bool:
    descriptor, number = wanted
    top = got.descriptors[:number]
    return len(top) == number and all(_plain(descriptor) in held for held in top)


def _below(got: Answer, wanted: list[str]) -> bool:
    lower, upper = _texts(wanted)
    order = [title for title in got.titles if title in (lower, upper)]
    return order in ([upper], [upper, lower])


HOLDS: dict[str, Callable[[Answer, Any], bool]] = {
    "first": lambda got, wanted: set(got.titles[: len(wanted)]) == set(_texts(wanted)),
    "in": lambda got, wanted: set(_texts(wanted)) <= got.held,
    "top_has": _top_has,
    "only": lambda got, wanted: bool(got.titles) and set(got.titles) <= set(_texts(wanted)),
    "none_has": lambda got, wanted: not set(_texts(wanted)) & got.held,
    "absent": lambda got, wanted: not set(_texts(wanted)) & set(got.titles),
    "below": _below,
    "per_artist": lambda got, most: max(Counter(t["artist"] for t in got.tracks).values()) <= most,
    "count": lambda got, number: len(got.tracks) == number,
    "note": lambda got, wanted: all(one in got.said for one in _texts(wanted)),
    "no_note": lambda got, wanted: not any(one in got.said for one in _texts(wanted)),
    "understood": lambda got, wanted: all(one in got.understood for one in _texts(wanted)),
    "error": lambda got, wanted: got.error is not None and _plain(wanted) in _plain(got.error),
}


NAMING = ("first", "in", "only", "none_has", "absent", "below")
CASES = _cases()


@pytest.mark.parametrize(("request_", "expected"), CASES, ids=[request for request, _ in CASES])
def test_a_request_gives_what_it_must(home: Home, request_: str, expected: dict[str, Any]) -> None:
    wanted = {key: value for key, value in expected.items() if key != "args"}
    args = expected.get("args", [])
    got = Answer.to(home, request_, *args)
    stopped = got.error is not None and "error" not in wanted
    failed = {key: value for key, value in wanted.items() if stopped or not HOLDS[key](got, value)}
    assert not failed, f"{request_!r} {args}: not so: {failed}\n{got}"


def test_the_library_has_what_the_cases_name(home: Home) -> None:
    everything = ["-n", "500", "--per-artist", "0", "--per-album", "0"]
    held = Answer.to(home, "rock", *everything).held
    for request, expected in CASES:
        named = {name for key in NAMING for name in _texts(expected.get(key, []))}
        assert named <= held, request
    assert len({request + str(expected.get("args")) for request, expected in CASES}) == len(CASES)
