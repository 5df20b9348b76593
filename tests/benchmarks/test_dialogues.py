"""Dialogues of two people about five songs, asked through the real `beet`."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from benchmarks.quality import dialogues
from benchmarks.quality.dialogue_rivals import Rivals, TfIdf
from benchmarks.quality.dialogue_sets import (
    ArtistNames,
    Dialogue,
    Turn,
    kinds,
    ndcg,
    read_dialogues,
    read_songs,
    recall,
)
from benchmarks.quality.dialogue_ways import Answer, read_chat, so_far
from melscribe_core.encoder.encoder import load_encoder

SONGS = [  # id, artist, year, genres, moods
    ("willow", "Ann Brook", 1971, ["folk"], ["sad"]),
    ("heron", "Ann Brook feat. Cleo", None, ["jazz"], ["calm"]),
    ("mirror", "The Mirrors", 1994, ["techno"], ["energetic"]),
    ("ember", "Heart", 1988, ["blues"], ["sad"]),
    ("sequin", "DJ Sequin & Cleo", 2004, ["disco"], ["happy"]),
]
DIALOGUES: list[tuple[str, list[tuple[str, list[str]]], list[str]]] = [
    ("one", [("sad folk", ["willow"]), ("Add Ann Brook", []), ("great", [])], ["willow", "heron"]),
    ("two", [("mood:energetic, techno", []), ("i need more.", ["sequin"])], ["mirror"]),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    songs = [
        {"id": one, "artist": artist, "title": one.title(), "album": "", "year": year}
        | {"genres": genres, "moods": moods, "other": ["live"]}
        for one, artist, year, genres, moods in SONGS
    ]
    told = [
        {"id": name, "goal": goal}
        | {"turns": [{"user": said, "system": "Ok", "liked": liked} for said, liked in turns]}
        for name, turns, goal in DIALOGUES
    ]
    for name, rows in (("songs", songs), ("dialogues", told)):
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


@pytest.fixture
def names() -> ArtistNames:
    return ArtistNames([artist for _, artist, *_ in SONGS])


def run(data: Path, *words: str) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Run the benchmark and return its rows by way, dialogue and turn."""
    file = data / "rows.jsonl"
    dialogues.main(["--data", str(data), "--json", str(file), *words])
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {(row["way"], row["dialogue"], row["turn"]): row for row in rows}


def test_beet_is_asked_turn_by_turn(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = run(data, "--ways", "alone,again,together", "--verbose")
    assert len(rows) == 3 * 5
    for way in ("alone", "again", "together"):
        assert rows[way, "one", 1]["found"][0] == "willow"
        assert rows[way, "two", 1]["found"][0] == "mirror"  # not a query of beets
        assert rows[way, "two", 1]["nDCG@10 goal"] == 1
        assert rows[way, "two", 1]["nDCG@10 liked"] is None
    assert [rows["again", "one", turn]["kind"] for turn in (1, 2, 3)] == [
        "nobody yet",
        "names",
        "later",
    ]
    assert rows["alone", "two", 2]["found"] == []
    assert "no word" in rows["alone", "two", 2]["error"]
    assert "no earlier request" not in rows["again", "two", 2]["error"]
    # together, the second turn of "two" finds what the first does, and nothing of the goal is left
    assert rows["together", "two", 2]["found"][0] == "mirror"
    assert rows["together", "two", 2]["nDCG@10 left"] is None
    printed = capsys.readouterr().out
    assert "2 dialogues with 5 turns: 1 name an artist of the library, 1 come later" in printed
    assert "alone, two turn 2, 'i need more.': " in printed


def test_a_chat_is_one_object_per_line() -> None:
    lines = ['{"tracks": [{"id": 2}, {"id": 1}]}', '{"error": "say more"}', '{"notes": []}']
    done = CompletedProcess(["beet"], 1, "\n".join(lines), "error: it broke\n")
    assert read_chat(done, 4, {1: "willow", 2: "heron"}) == [
        Answer(("heron", "willow")),
        Answer(error="say more"),
        Answer(error="nothing was found"),
        Answer(error="it broke"),
    ]


def test_all_that_was_said_is_one_text() -> None:
    assert so_far(["Hi!", "sad folk ", "more?"]) == [
        "Hi!",
        "Hi! sad folk.",
        "Hi! sad folk. more?",
    ]


def test_the_measures_by_hand() -> None:
    # Right at places 2 and 4, a third one missed: gains 1 / log2(3) + 1 / log2(5) = 1.0616, of at
    # most 1 / log2(2) + 1 / log2(3) + 1 / log2(4) = 2.1309.
    found, right = ["x", "a", "y", "b", "z"], {"a", "b", "c"}
    assert ndcg(found, right) == pytest.approx(1.0616 / 2.1309, abs=1e-4)
    assert recall(found, right) == 2 / 3
    # Of twenty right songs a list of ten can have ten; the eleventh does not count.
    many = [str(number) for number in range(20)]
    assert ndcg(many[:10], set(many)) == recall(many[:10], set(many)) == 1
    assert recall(["x"] * 10 + ["0"], {"0"}) == ndcg(["x"] * 10 + ["0"], {"0"}) == 0
    assert ndcg([], right) == recall([], right) == 0


def test_means_by_hand(names: ArtistNames) -> None:
    talk = Dialogue(
        "one",
        (Turn("sad", frozenset()), Turn("cleo", frozenset(["b"])), Turn("ok", frozenset())),
        frozenset(["a", "b"]),
    )
    answers = [Answer(("a", "x")), Answer(("x", "b")), Answer(error="nothing")]
    text = dialogues.report(dialogues.ask("w", lambda _: answers, [talk], names))
    # goal: at most 1 + 1 / log2(3) = 1.6309; 1 / 1.6309 = 61.3 %, 0.6309 / 1.6309 = 38.7 %, 0
    assert 1 / log2(3) == pytest.approx(0.6309, abs=1e-4)
    assert "| w | 33.3 | 38.7 | 0.0 | 61.3 |" in text
    assert "| w | 63.1 | 63.1 | - | - |" in text  # liked: "b" at place 2 of turn 2
    # left: {a, b} at turn 1, {b} at turn 2, and nothing at turn 3
    assert "| w | 62.2 | 63.1 | - | 61.3 |" in text
    assert text.endswith("Turns that ended in an error: w 1.")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("some Ann Brook, please", ["ann brook"]),
        ("ANN BROOK's songs and cleo", ["ann brook", "cleo"]),
        ("ann brook feat cleo", ["ann brook feat cleo"]),
        ("dj sequin", ["dj sequin"]),
        ("more of The Mirrors!", ["mirrors"]),
        ("ann brooks", []),
        ("a song from the heart", []),
        ("How about some by Heart?", ["heart"]),
        ("I like it. Heart is nice", []),  # begins a sentence
        ("SONGS FROM THE HEART", []),
        ("", []),
    ],
)
def test_who_is_named(said: str, named: list[str], names: ArtistNames) -> None:
    assert names.named(said) == named


def test_the_kind_of_a_turn_depends_on_those_before(names: ArtistNames) -> None:
    turns = tuple(Turn(said, frozenset()) for said in ("hi", "Cleo", "more", "Heart, Cleo"))
    talk = Dialogue("one", turns, frozenset())
    assert kinds(talk, names) == ["nobody yet", "names", "later", "names"]


def test_rivals_rank_by_words_meaning_and_names(data: Path, names: ArtistNames) -> None:
    rivals = Rivals(read_songs(data), names, load_encoder())
    assert rivals.by_words(["sad folk", "xyzzy"]) == [0, 3]  # without a common word not found
    assert rivals.by_words(["xyzzy"]) == []
    assert rivals.by_meaning(["sad folk"])[0] == 0
    assert rivals.by_both(["energetic techno"])[0] == 2
    # Cleo and the Mirrors take turns; then Ann Brook, named before, and what is left.
    first, second, *others = rivals.by_names(["ann brook", "cleo, The Mirrors"])
    assert {first, others[0]} == {1, 4}
    assert [second, *others[1:]] == [2, 0, 3]


def test_a_rival_may_show_nothing_twice(data: Path, names: ArtistNames) -> None:
    ways = Rivals(read_songs(data), names, load_encoder()).ways()
    first, *later = ways["the same, nothing twice"](read_dialogues(data)[0])
    assert len(first.found) == 5
    assert [answer.found for answer in later] == [(), ()]
    assert all(len(answer.found) == 5 for answer in ways["encoder"](read_dialogues(data)[0]))


def test_tf_idf_by_hand() -> None:
    # idf of "folk" (in 2 of 2): ln(3 / 3) + 1 = 1; of "sad" and "old": ln(3 / 2) + 1 = 1.4055.
    # "sad folk" is (1.4055, 1) / 1.7249; its cosine with "folk" is 1 / 1.7249 = 0.5797.
    assert TfIdf(["sad folk", "old folk"]).scores("folk") == pytest.approx([0.5797] * 2, abs=1e-4)
    assert TfIdf(["sad folk", "old folk"]).scores("xyzzy").tolist() == [0, 0]


def test_ways_and_dialogues_are_chosen(data: Path) -> None:
    assert {row[:2] for row in run(data, "--ways", "rivals", "--dialogues", "1")} == {
        (way, "one")
        for way in (
            "tf-idf",
            "encoder",
            "hybrid",
            "exact names + encoder",
            "the same, nothing twice",
        )
    }
    with pytest.raises(SystemExit, match="2"):
        dialogues.main(["--data", str(data), "--ways", "alone,loudly"])


def test_bad_data_are_one_sentence(data: Path) -> None:
    with pytest.raises(SystemExit, match=r"songs.jsonl cannot be read: No such file.*\.$"):
        dialogues.main(["--data", str(data / "nowhere")])
    (data / "dialogues.jsonl").write_text("\n")
    with pytest.raises(SystemExit, match=r"dialogues.jsonl is empty\.$"):
        dialogues.main(["--data", str(data)])
    (data / "dialogues.jsonl").write_text('{"id": "one"}\n')
    with pytest.raises(SystemExit, match=r"dialogues.jsonl has a line of another form .*turns"):
        dialogues.main(["--data", str(data)])
    (data / "songs.jsonl").write_text("[1,\n")
    with pytest.raises(SystemExit, match=r"songs.jsonl has a line of another form"):
        dialogues.main(["--data", str(data)])
