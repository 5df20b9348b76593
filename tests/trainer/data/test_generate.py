"""Requests and captions written by a script: what is kept, counted and continued."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Captioned, Dataset, read_any
from melscribe_trainer.data.generate import (
    DRAWN_FROM,
    Prompt,
    Source,
    draw,
    generate,
    is_echo,
    read_prompt,
    statements,
    tag_lists,
    tidied,
)
from tests.support.tiny import read_rows

PROMPT = Prompt("Ask for this: {text} Now you:")
SOURCES = [Source(str(number), f"A song number {number}.", ("pop",)) for number in range(20)]
DATA = Dataset("data", (Captioned("1", ("Sad song. Slow piano.", "Rain."), ("sad", "piano")),))


class Scripted:
    """A writer that answers by its script, source after source, and remembers what it was asked."""

    name = "scripted"

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, float, float]] = []

    def write(
        self, prompts: Sequence[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        self.asked += [(prompt, temperature, top_p) for prompt in prompts]
        return [self.answers.pop(0) if self.answers else "play me jazz" for _ in prompts]


def test_statements_are_sentences_and_tags_are_one_text() -> None:
    assert [source.text for source in statements([DATA])] == ["Sad song.", "Slow piano.", "Rain."]
    assert list(tag_lists([DATA])) == [Source("1", "sad, piano", ("sad", "piano"))]


def test_each_source_gets_a_row_with_how_it_was_made(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    report = generate(SOURCES[:1], Scripted("Play me pop!"), PROMPT, out)
    assert (report.written, report.kept, report.empty, report.echoed) == (1, 0, 0, 0)
    temperature, top_p = draw(SOURCES[0], 0)
    assert read_rows(out) == [
        {
            "id": "0",
            "source": "A song number 0.",
            "caption": "Play me pop!",
            "tags": ["pop"],
            "model": "scripted",
            "prompt": PROMPT.fingerprint,
            "temperature": temperature,
            "top_p": top_p,
        }
    ]


def test_prepare_reads_what_was_written(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    generate(SOURCES[:2], Scripted("Play me pop!", "Any pop?"), PROMPT, out)
    read = read_any(str(out))
    captions = {track.id: track.captions for track in read.tracks}
    assert {captions["0"], captions["1"]} == {("Play me pop!",), ("Any pop?",)}
    assert read.tracks[0].tags == ("pop",)


def test_every_source_draws_for_itself(tmp_path: Path) -> None:
    writer = Scripted()
    generate(SOURCES, writer, PROMPT, tmp_path / "out.jsonl", batch=3)
    drawn = {prompt: (temperature, top_p) for prompt, temperature, top_p in writer.asked}
    assert drawn == {PROMPT.about(source.text): draw(source, 0) for source in SOURCES}
    # 20 draws from 16 pairs: that all are alike has a chance of 16 ** -19.
    assert len(set(drawn.values())) > 1
    assert {value for pair in drawn.values() for value in pair} <= set(DRAWN_FROM)
    assert [draw(source, 1) for source in SOURCES] != [draw(source, 0) for source in SOURCES]


def test_a_run_goes_on_where_another_stopped(tmp_path: Path) -> None:
    out, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    generate(SOURCES[:5], Scripted(), PROMPT, out)
    with out.open("a") as file:
        file.write('{"id": "5", "sour')  # killed in the middle of a line
    writer = Scripted()
    report = generate(SOURCES, writer, PROMPT, out)
    assert (report.kept, report.written) == (5, 15)
    assert len(writer.asked) == 15
    generate(SOURCES, Scripted(), PROMPT, whole)
    assert sorted(map(str, read_rows(out))) == sorted(map(str, read_rows(whole)))
    assert generate(SOURCES, writer, PROMPT, out).kept == 20


def test_useless_answers_are_counted_and_tried_again(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    script = Scripted("  \n", "Ask for this: a song", '"Request: A mellow tune, please"')
    report = generate(SOURCES[:3], script, PROMPT, out, batch=1)
    assert (report.written, report.empty, report.echoed) == (1, 1, 1)
    assert [row["caption"] for row in read_rows(out)] == ["A mellow tune, please"]
    again = generate(SOURCES[:3], Scripted(), PROMPT, out)
    assert (again.written, again.kept) == (2, 1)


def test_another_model_or_prompt_does_not_go_on(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    generate(SOURCES[:1], Scripted(), PROMPT, out)
    with pytest.raises(MelScribeError, match="name another file"):
        generate(SOURCES, Scripted(), Prompt("Other words: {text}"), out)
    other = Scripted()
    other.name = "other"
    with pytest.raises(MelScribeError, match="was written by scripted"):
        generate(SOURCES, other, PROMPT, out)
    with pytest.raises(MelScribeError, match="cannot be written"):
        generate(SOURCES, Scripted(), PROMPT, tmp_path / "missing" / "out.jsonl")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("  Play me\n jazz. ", "Play me jazz."),
        ("“Play me jazz.”", "Play me jazz."),
        ("Request: Play me jazz.\n\nI hope this helps!", "Play me jazz."),
        ('\n\n**Caption:** "Jazz."', "Jazz."),
        ("Sure! Here is a request:\n\nPlay me jazz.", "Play me jazz."),
        ("**Here is a request:**\n \n“Play me jazz.”", "Play me jazz."),
        ("The piece of music has these tags:", ""),
        (" \n\n ", ""),
        ('""', ""),
    ],
)
def test_answers_are_tidied(answer: str, text: str) -> None:
    assert tidied(answer) == text


def test_an_echo_repeats_the_prompt_in_its_order() -> None:
    filled = PROMPT.about("A sad song.")
    assert is_echo("a SAD song", filled)
    assert is_echo("Ask for this: A sad song", filled)
    assert not is_echo("Play a sad song", filled)
    # "ask for this a sad song" is 6 of 7 words, too few; with "now you", 8 of 9 still are.
    assert not is_echo("I ask for this: a sad song", filled)
    assert not is_echo("I ask for this: a sad song, now you", filled)
    tags = "A piece has these tags: slow, calm, sad, folk, piano, rock. Describe it."
    assert is_echo("The piece has these tags: slow, calm, sad, folk, piano.", tags)  # 9 of 10
    assert not is_echo("A piano folk piece, sad, calm and slow.", tags)  # in another order


@pytest.mark.parametrize("name", ["rephrase", "caption", "caption-short"])
def test_the_prompts_that_come_along_have_one_place(name: str) -> None:
    assert "sad, piano" in read_prompt(name).about("sad, piano")


def test_a_prompt_of_ones_own_is_checked(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("Say it: {text}\n")
    assert read_prompt(str(own)) == Prompt("Say it: {text}")
    own.write_text("Say it")
    with pytest.raises(MelScribeError, match="0 times"):
        read_prompt(str(own))
    with pytest.raises(MelScribeError, match="one of caption, caption-short, rephrase"):
        read_prompt("missing")
