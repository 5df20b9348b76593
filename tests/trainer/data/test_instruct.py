"""A real, if tiny and untrained, model answers; GGUF files are found, read or refused."""

import sys
from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.instruct import InstructModel, gguf_file
from tests.support.tiny import LETTERS, gguf_model

HEAD = b"GGUF\x03\0\0\0"  # a GGUF file of version 3, cut off after its first eight bytes


def refusal(model: Path) -> str:
    """Return the one sentence that a model is refused with."""
    with pytest.raises(MelScribeError) as error:
        InstructModel(str(model))
    text = str(error.value)
    assert text.endswith(".") and "\n" not in text
    return text


def test_a_model_answers_without_its_prompt(language_model: Path) -> None:
    writer = InstructModel(str(language_model), longest=6)
    prompts = ["play me a sad song", "jazz"]
    first, second = writer.write(prompts, 0.9, 0.95, seed=1)
    assert 0 < len(first.split()) <= 6
    assert first != second
    assert "play me a sad song" not in first
    assert writer.write(prompts, 0.9, 0.95, seed=1) == [first, second]
    assert writer.write(prompts, 0.9, 0.95, seed=2) != [first, second]


def test_padding_beside_a_longer_prompt_is_not_read(language_model: Path) -> None:
    writer = InstructModel(str(language_model), longest=8)
    # With hardly any temperature the likeliest word comes: alone or beside others, the same.
    alone = writer.write(["jazz"], 0.001, 1.0, seed=1)
    beside = writer.write(["jazz", "play me some sad slow piano music please"], 0.001, 1.0, seed=1)
    assert beside[0] == alone[0]


def test_a_chat_template_is_used(language_model: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    AutoModelForCausalLM.from_pretrained(language_model).save_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(language_model)
    tokenizer.chat_template = (
        "[BOS] {% for m in messages %}calm {{ m['content'] }} music {% endfor %}"
        "{% if add_generation_prompt %}please{% endif %}"
    )
    tokenizer.save_pretrained(tmp_path)
    plain = InstructModel(str(language_model), longest=8).write(
        ["calm jazz music please"], 0.001, 1.0, 1
    )
    assert InstructModel(str(tmp_path), longest=8).write(["jazz"], 0.001, 1.0, 1) == plain


def test_a_model_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="does not load"):
        InstructModel(str(tmp_path))


def test_a_gguf_file_answers_and_so_does_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="needs gguf, which no extra installs")
    file = gguf_model(tmp_path / "tiny.gguf")
    writer = InstructModel(str(file), longest=6)
    (answer,) = writer.write(["play me a sad song"], 0.9, 0.95, seed=1)
    assert writer.name == str(file)
    assert answer and set(answer) <= {*LETTERS, " "}
    folder = InstructModel(str(tmp_path), longest=6)
    assert folder.write(["play me a sad song"], 0.9, 0.95, seed=1) == [answer]


def test_other_models_are_not_looked_for_in_gguf_files(tmp_path: Path) -> None:
    assert gguf_file("HuggingFaceTB/SmolLM2-135M-Instruct") is None
    assert gguf_file(str(tmp_path)) is None
    (tmp_path / "model.gguf").write_bytes(HEAD)
    (tmp_path / "model.safetensors").touch()  # what transformers reads without the package gguf
    assert gguf_file(str(tmp_path)) is None


@pytest.mark.parametrize("chosen", ["model.gguf", "MODEL.GGUF", ""])
def test_a_gguf_file_without_its_reader_says_what_to_install(
    chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / (chosen or "model.gguf")).write_bytes(HEAD)
    monkeypatch.setitem(sys.modules, "gguf", None)  # as if not installed
    told = refusal(tmp_path / chosen)
    assert told.endswith(": reading it needs the package gguf: pip install gguf.")


def test_a_file_that_is_no_gguf_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    pointer = tmp_path / "model.gguf"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\n")
    assert "is not a GGUF file (it begins with b'vers', not b'GGUF')" in refusal(pointer)
    assert "is not a GGUF file" in refusal(tmp_path)
    pointer.write_bytes(b"")
    assert "it begins with b''" in refusal(pointer)


def test_a_damaged_gguf_file_is_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="needs gguf, which no extra installs")
    file = tmp_path / "model.gguf"
    file.write_bytes(HEAD)
    assert "download the file again" in refusal(file)
    whole = gguf_model(tmp_path / "whole.gguf").read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert "download the file again" in refusal(file)


def test_a_gguf_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "gone.gguf")


def test_several_gguf_files_in_a_folder_are_named(tmp_path: Path) -> None:
    for name in ("b.Q8_0.gguf", "a.Q4_1.gguf"):
        (tmp_path / name).write_bytes(HEAD)
    told = refusal(tmp_path)
    assert "has 2 GGUF files (a.Q4_1.gguf, b.Q8_0.gguf); give one of them" in told


def test_a_part_of_a_model_is_refused(tmp_path: Path) -> None:
    part = tmp_path / "model-Q4_1-00001-of-00003.gguf"
    part.write_bytes(HEAD)
    assert "is one of several files of a model; join them" in refusal(part)
