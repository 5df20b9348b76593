"""The benches of taste, on a few people made by hand."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from benchmarks.quality import taste
from benchmarks.quality.taste import Asked, Data, Half, Scores
from benchmarks.speed.home import run_module

DATA = Data(
    items={
        1: ("calm", "folk"),
        2: ("calm", "folk"),
        3: ("folk",),
        4: ("metal",),
        **dict.fromkeys(range(5, 20), ("loud", "metal")),
    },
    users={"a": (1, 2, 3, 4)},
    by_popularity=tuple(range(1, 20)),
)


def write(path: Path, header: str, rows: Sequence[tuple[object, ...]]) -> None:
    lines = [header, *("\t".join(map(str, row)) for row in rows)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def test_requests_are_what_two_held_out_artists_carry() -> None:
    half = Half((4,), frozenset({1, 2, 3}))
    found = taste.requests(DATA, half, Random(1))
    assert sorted(found, key=lambda one: one.names) == [
        Asked(("calm",), frozenset({1, 2})),
        Asked(("calm", "folk"), frozenset({1, 2})),
        Asked(("folk",), frozenset({1, 2, 3})),
    ]


def test_strange_requests_are_what_nothing_of_the_user_carries() -> None:
    found = taste.strange_requests(DATA, DATA.users["a"], range(1, 20), Random(1))
    assert found == [Asked(("loud",))]  # 15 artists; metal is the user's too


def test_a_library_holds_the_users_artists_and_others_near_in_popularity() -> None:
    found = taste.library_of(DATA, (1, 2), Random(1))
    assert found[:2] == [1, 2]
    assert len(found) == len(set(found)) == 19  # 9 for each, and there are 17


def test_a_cell_has_the_mean_the_spread_of_halves_and_the_error_of_users() -> None:
    # Users 0.4 and 0.6: mean 50, error 10 / sqrt(2). Halves 0.3 and 0.7: deviation 20.
    scores = Scores()
    for user, half, value in (("a", 0, 0.2), ("a", 1, 0.6), ("b", 0, 0.4), ("b", 1, 0.8)):
        scores.add("in", user, half, value)
    assert scores.cell("in") == "50.0 ±20.0/7.1"
    assert scores.cell("all") == ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kinds = ["calm, folk", "folk, slow", "loud, metal", "fast, metal"]
    write(
        tmp_path / "items.tsv.gz",
        "item\tname\tdescriptors",
        [(at, f"artist {at}", f"{kinds[at % 4]}, x{at}") for at in range(1, 61)],
    )
    write(tmp_path / "users.train.tsv.gz", "user\titem\tplays", [(9, at, 1) for at in range(1, 9)])
    rows = [(user, at, 1) for user in (1, 2) for at in range(user, 61, 3)]
    write(tmp_path / "users.dev.tsv.gz", "user\titem\tplays", rows)
    return tmp_path


def test_people_are_measured_through_the_search(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="no user has 60 artists"):
        taste.main(["--data", str(folder), "--likes", "30"])
    taste.main(["--data", str(folder), "--halves", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:8]] == [f"| {way.name}" for way in taste.WAYS]
    assert lines[-1].startswith("2 users; mean gate: own ")


def test_learning_is_timed() -> None:
    done = run_module("benchmarks.speed.taste", "--texts", "50", "--likes", "9")
    assert done.output.count("9 likes in 50 texts: 0.") == 3
