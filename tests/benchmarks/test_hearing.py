"""The benchmark of hearing, on a tiny library of tones and beats."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.quality import hearing, hearing_clips
from benchmarks.quality.hearing import Score, Track, agreement, area, tags, tracks_in
from benchmarks.quality.hearing_clips import Note, Part, midi_file
from benchmarks.speed.process import BenchError
from tests.support.paths import ROOT

CLIPS = ROOT / "tests" / "data" / "hearing"


def test_notes_become_a_standard_midi_file() -> None:
    # Two notes, the second begins where the first ends; 480 ticks a beat.
    part = Part(40, (Note(0, 1, 60, 100), Note(1, 0.5, 62, 90)))
    found = midi_file([part], tempo=120)
    assert found[:14] == b"MThd\x00\x00\x00\x06\x00\x01\x00\x02\x01\xe0"
    # 120 beats a minute are 500,000 = 0x07a120 microseconds a beat.
    assert b"\x00\xff\x51\x03\x07\xa1\x20" in found
    # 480 = 3 * 128 + 96 is 0x83 0x60 as a variable-length quantity, 240 = 128 + 112 is 0x81 0x70.
    events = (
        b"\x00\xc0\x28"
        b"\x00\x90\x3c\x64"
        b"\x83\x60\x80\x3c\x00"  # ends before the next begins
        b"\x00\x90\x3e\x5a"
        b"\x81\x70\x80\x3e\x00"
        b"\x00\xff\x2f\x00"
    )
    assert found.endswith(b"MTrk" + len(events).to_bytes(4, "big") + events)


def test_drums_are_on_their_channel_without_a_program() -> None:
    found = midi_file([Part(None, (Note(0, 1, 36, 100),))], tempo=120)
    assert b"\x00\x99\x24\x64" in found
    assert b"\xc9" not in found


def test_pieces_stay_in_the_range_of_their_instrument() -> None:
    for clip in hearing_clips.clips():
        for part in clip.parts:
            pitches = [note.pitch for note in part.notes]
            assert min(pitches) >= 24, clip.name
            assert max(pitches) <= 108, clip.name


def test_clips_are_long_enough_for_five_windows() -> None:
    for clip in hearing_clips.clips():
        end = max(note.start + note.length for part in clip.parts for note in part.notes)
        assert end * 60 / clip.tempo >= 5 * 3, clip.name


def test_clips_have_names_of_their_own_and_known_instruments() -> None:
    clips = list(hearing_clips.clips())
    assert len({clip.name for clip in clips}) == len(clips)
    assert {name for clip in clips for name in clip.names} == set(hearing.NAMES)


def test_real_singing_is_a_voice_and_no_instrument(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    (clip,) = hearing.sung(tmp_path).values()
    assert (clip.has_voice, clip.names) == (True, frozenset())
    first = next(hearing_clips.clips())
    assert (first.has_voice, first.names) == (False, frozenset({"guitar"}))


def test_a_score_counts_right_wrong_and_missed() -> None:
    score = Score(right=3, wrong=1, missed=2)
    # Precision 3 of 4, recall 3 of 5, F1 6 / 9.
    assert score.cells() == ("0.75", "0.60", "0.67")
    assert Score(0, 0, 0).cells() == ("0.00", "0.00", "0.00")


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    scores, right = np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False])
    # (0.9, 0.4), (0.9, 0.1), (0.4, 0.1) are in order, (0.4, 0.4) is half.
    assert area(scores, right) == 3.5 / 4


def test_agreement_is_the_share_of_pairs_that_stay_in_order() -> None:
    # Of 1-2, 1-3, 2-3 the last is turned round; 9 is in one list only.
    assert agreement([1, 2, 3], [1, 9, 3, 2]) == pytest.approx(2 / 3)
    assert agreement([1], [1]) == 1.0


def test_labels_come_from_the_folder_and_moods_from_titles() -> None:
    track = Track(Path("wesnoth-1.16-music/frantic.ogg"), "wesnoth-1.16-music")
    assert (track.label, track.mood) == (hearing.ORCHESTRAL, "battle")
    assert Track(Path("a/sad.ogg"), "wesnoth").mood == "calm"
    assert Track(Path("a/knolls.ogg"), "wesnoth").mood == ""
    assert Track(Path("a/battle.ogg"), "flare").mood == ""
    assert Track(Path("a/sad.ogg"), "unknown").label == ""


def test_half_of_the_tracks_get_tags_of_their_collection() -> None:
    tracks = [Track(Path(f"singularity/{n}.ogg"), "singularity") for n in range(40)]
    found = tags(tracks)
    assert 10 < len(found) < 30
    for words in found.values():
        assert len(words) == hearing.TAGS_OF_TRACK
        assert set(words) <= set(hearing.TAGS[hearing.ELECTRONIC])


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Two collections: three techno clips that differ in level, and three pads."""
    for package, name in (("singularity-music", "techno"), ("wesnoth", "pad")):
        folder = tmp_path / "music" / package
        folder.mkdir(parents=True)
        samples, rate = soundfile.read(CLIPS / f"{name}.wav")
        for number in range(3):
            soundfile.write(folder / f"{number}.wav", samples * (1 - number / 10), rate)
    return tmp_path / "music"


def test_the_command_hears_a_folder_of_music(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--music", str(music), "--work", str(tmp_path / "work"), "--tagged"]
    hearing.main(words)
    lines = capsys.readouterr().out.splitlines()
    assert "heard 6 tracks" in lines[0]
    # All six are listed, the three techno clips among them: 3 of the first ten, chance 3 of 6.
    assert "| dark electronic techno | all | 0.30 | 0.50 | 0.6 |" in lines
    first = lines[lines.index("### dark electronic techno") + 4]
    assert first.startswith("| singularity-music/")
    assert "techno" in first
    hearing.main(words[:4])
    assert "6 tracks known again" in capsys.readouterr().out.splitlines()[0]


def test_tracks_are_found_in_their_folders(music: Path) -> None:
    found = tracks_in(music)
    assert [track.package for track in found] == ["singularity-music"] * 3 + ["wesnoth"] * 3


def test_a_folder_without_audio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no audio files"):
        hearing.main(["--music", str(tmp_path)])


def test_hearing_is_timed_in_a_process_of_its_own(music: Path) -> None:
    words = [sys.executable, "-m", "benchmarks.quality.hearing", "--music", str(music)]
    done = subprocess.run(
        [*words, "--hear-once", "2"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    heard, wall, cpu, peak = json.loads(done.stdout.splitlines()[-1])
    assert heard == 2
    assert 0 < cpu < 60
    assert 0 < wall < 120
    assert 50 < peak < 1000


@pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed")
def test_a_font_that_is_none_ends_in_an_error(tmp_path: Path) -> None:
    font = tmp_path / "none.sf2"
    font.write_bytes(b"no font")
    clip = next(hearing_clips.clips())
    with pytest.raises(hearing_clips.RenderError, match=r"none\.sf2"):
        hearing_clips.render(clip, tmp_path / "a.wav", font, shutil.which("fluidsynth") or "")
    assert not (tmp_path / "a.wav").exists()
