"""Requests and captions written by a real, if tiny and untrained, language model."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from melscribe_core.errors import MelScribeError
from melscribe_trainer.cli import main
from melscribe_trainer.data.datasets import Captioned, Dataset, read_any
from melscribe_trainer.data.generate import (
    DRAWN_FROM,
    InstructModel,
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

PROMPT = Prompt("Ask for this: {text} Now you:")
SOURCES = [Source(str(number), f"A song number {number}.", ("pop",)) for number in range(20)]
DATA = Dataset("data", (Captioned("1", ("Sad song. Slow piano.", "Rain."), ("sad", "piano")),))
WORDS = (
    "[PAD] [UNK] [BOS] . , a sad slow song please play me some jazz piano with calm music".split()
)


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


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_statements_are_sentences_and_tags_are_one_text() -> None:
    assert [source.text for source in statements([DATA])] == ["Sad song.", "Slow piano.", "Rain."]
    assert list(tag_lists([DATA])) == [Source("1", "sad, piano", ("sad", "piano"))]


def test_each_source_gets_a_row_with_how_it_was_made(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    report = generate(SOURCES[:1], Scripted("Play me pop!"), PROMPT, out)
    assert (report.written, report.kept, report.empty, report.echoed) == (1, 0, 0, 0)
    temperature, top_p = draw(SOURCES[0], 0)
    assert rows(out) == [
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
    assert sorted(map(str, rows(out))) == sorted(map(str, rows(whole)))
    assert generate(SOURCES, writer, PROMPT, out).kept == 20


def test_useless_answers_are_counted_and_tried_again(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    script = Scripted("  \n", "Ask for this: a song", '"Request: A mellow tune, please"')
    report = generate(SOURCES[:3], script, PROMPT, out, batch=1)
    assert (report.written, report.empty, report.echoed) == (1, 1, 1)
    assert [row["caption"] for row in rows(out)] == ["A mellow tune, please"]
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


# -- a real model ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a GPT-2 of 16 dimensions with random weights that knows WORDS."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("gpt2")
    tokenizer = Tokenizer(
        WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing("[BOS] $A", special_tokens=[("[BOS]", 2)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        bos_token="[BOS]",
        eos_token="[PAD]",
        model_max_length=400,
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(WORDS), n_positions=400, n_embd=16, n_layer=1, n_head=2,
        bos_token_id=None, eos_token_id=None,  # it goes on for as long as it may
        initializer_range=0.3,  # so that it likes some words better than others
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def test_a_model_answers_without_its_prompt(model: Path) -> None:
    writer = InstructModel(str(model), longest=6)
    prompts = ["play me a sad song", "jazz"]
    first, second = writer.write(prompts, 0.9, 0.95, seed=1)
    assert 0 < len(first.split()) <= 6
    assert first != second
    assert "play me a sad song" not in first
    assert writer.write(prompts, 0.9, 0.95, seed=1) == [first, second]
    assert writer.write(prompts, 0.9, 0.95, seed=2) != [first, second]


def test_padding_beside_a_longer_prompt_is_not_read(model: Path) -> None:
    writer = InstructModel(str(model), longest=8)
    # With hardly any temperature the likeliest word comes: alone or beside others, the same.
    alone = writer.write(["jazz"], 0.001, 1.0, seed=1)
    beside = writer.write(["jazz", "play me some sad slow piano music please"], 0.001, 1.0, seed=1)
    assert beside[0] == alone[0]


def test_a_chat_template_is_used(model: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    AutoModelForCausalLM.from_pretrained(model).save_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = (
        "[BOS] {% for m in messages %}calm {{ m['content'] }} music {% endfor %}"
        "{% if add_generation_prompt %}please{% endif %}"
    )
    tokenizer.save_pretrained(tmp_path)
    plain = InstructModel(str(model), longest=8).write(["calm jazz music please"], 0.001, 1.0, 1)
    assert InstructModel(str(tmp_path), longest=8).write(["jazz"], 0.001, 1.0, 1) == plain


def test_a_model_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="does not load"):
        InstructModel(str(tmp_path))


def run(command: str, data: Path, model: Path, out: Path, *more: str) -> Result:
    options = ["--model", str(model), "--out", str(out), "--batch", "4", *more]
    return CliRunner().invoke(main, [command, str(data), *options])


@pytest.mark.parametrize(("command", "sources"), [("rephrase", 3), ("caption", 2)])
def test_the_commands_write_and_go_on(
    command: str, sources: int, model: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "mc.jsonl", tmp_path / "out.jsonl"
    data.write_text(
        '{"id": "1", "caption": "A sad song. Slow piano.", "tags": ["sad", "piano"]}\n'
        '{"id": "2", "caption": "Calm jazz.", "tags": ["calm", "jazz"]}\n'
    )
    done = run(command, data, model, out)
    assert done.exit_code == 0, done.output
    assert f"{sources} written, 0 were there; 0 answers were no use" in done.stderr
    assert len(rows(out)) == sources
    again = run(command, data, model, out)
    assert f"0 written, {sources} were there" in again.stderr
    limited = run(command, data, model, tmp_path / "limited.jsonl", "--limit", "1")
    assert "1 written" in limited.stderr
    assert run(command, data, model, out, "--prompt", "missing").exit_code == 1
