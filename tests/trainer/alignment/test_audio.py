"""Audio files are heard once, by content."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_core.hearing.sound import SILENCE
from melscribe_trainer.alignment.audio import CACHE, listen, open_heard_file
from melscribe_trainer.alignment.examples import Example

from .tracks import examples, write_clip


def audio(path: Path) -> Example:
    return Example(path.name, path, None, ("sad",), (), "album")


def test_files_are_heard_once_by_content(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        write_clip(tmp_path / name, (name[0] == "a" and "tone") or "noise", 1)
    said: list[str] = []
    rows = [audio(tmp_path / "a.wav"), audio(tmp_path / "b.wav"), examples()[0]]
    first, dropped = listen(rows, tmp_path / "out", said.append)
    assert said == ["heard 2 audio files; 0 were known or left out"]
    assert not +dropped and [one.id for one in first] == ["a.wav", "b.wav", "0/0"]
    assert first[0].heard and first[0].heard != first[1].heard and first[0].heard.windows > 0
    (tmp_path / "a.wav").rename(tmp_path / "moved.wav")
    moved = [audio(tmp_path / "moved.wav"), *rows[1:]]
    second, _ = listen(moved, tmp_path / "out", said.append)
    assert said[1:] == ["heard 0 audio files; 2 were known or left out"]
    assert [one.heard for one in second] == [one.heard for one in first]
    write_clip(tmp_path / "b.wav", "beats", 1)
    third, _ = listen(moved, tmp_path / "out", said.append)
    assert said[2:] == ["heard 1 audio file; 1 were known or left out"]
    assert third[1].heard != second[1].heard


def test_what_cannot_be_heard_is_counted_and_named(tmp_path: Path) -> None:
    write_clip(tmp_path / "good.wav", "tone", 1)
    (tmp_path / "text.mp3").write_text("no music")
    import soundfile

    soundfile.write(tmp_path / "silence.wav", np.zeros(64000, np.float32), 16000)
    names = ("good.wav", "text.mp3", "none.wav", "silence.wav")
    said: list[str] = []
    found, dropped = listen([audio(tmp_path / n) for n in names], tmp_path / "out", said.append)
    assert [one.id for one in found] == ["good.wav"]
    assert dict(dropped) == {"audio files that could not be heard": 2, "tracks of silence": 1}
    assert any("text.mp3" in line for line in said)
    assert any("none.wav: there is no such audio file" in line for line in said)


def test_no_track_that_was_heard_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match=r"could not be heard: 1.*; check the paths"):
        listen([audio(tmp_path / "none.wav")], tmp_path / "out", print)


def test_a_line_that_a_killed_process_left_half_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / CACHE
    with open_heard_file(path) as file:
        file.keep("one", SILENCE)
        file.keep("two", SILENCE._replace(tempo=90.0))
    whole = path.read_text()
    path.write_text(whole[:-20])  # within the second line
    with open_heard_file(path) as file:
        assert file.get("one") == SILENCE and file.get("two") is None
        file.keep("three", SILENCE)
    with open_heard_file(path) as file:
        assert file.get("one") == SILENCE and file.get("three") == SILENCE
    rows = [json.loads(line)["content"] for line in path.read_text().splitlines()[::2]]
    assert rows == ["one", "three"]  # the half line between them stays


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    problem = pytest.raises(MelScribeError, match="what was heard cannot be kept")
    with problem, open_heard_file(tmp_path / "out" / CACHE):
        raise AssertionError
