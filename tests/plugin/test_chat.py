"""`beet describe --chat`: lines from a pipe, lines at a terminal, and what happens meanwhile."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from beetsplug.melscribe.chat_commands import COMMANDS
from beetsplug.melscribe.chat_lines import command_of, help_lines, numbers
from tests.support.home import BEET, Home
from tests.support.terminal import Seated

PLAYER = """#!/bin/sh
cat "$1" > {folder}/played
cat > {folder}/heard
echo the player ran
exit 3
"""
# Each has one word more of the first request than the next: the order of the answers.
TITLES = ["Willow", "Heron", "Mirror", "Sequin", "Ember", "Ash"]
GENRES = [
    ["folk", "sad", "slow"],
    ["folk", "sad", "piano"],
    ["folk", "guitar"],
    ["techno", "dark"],
    ["techno", "fast", "loud"],
    ["metal", "loud"],
]


def tracks() -> list[dict[str, Any]]:
    return [
        {"title": title, "artist": f"{title}s", "genres": genres, "year": 1970 + number}
        for number, (title, genres) in enumerate(zip(TITLES, GENRES, strict=True))
    ]


@pytest.fixture
def six(home: Home) -> Home:
    """Return an indexed home of six tracks, with files."""
    home.add(*tracks())
    home.make_files()
    home.configure(file_tags=False)
    home.beet("melindex")
    return home


def titles(answer: dict[str, Any]) -> list[str]:
    return [track["title"] for track in answer["tracks"]]


def entries(file: Path) -> list[str]:
    """Return the titles in a playlist, by the names of its files."""
    return re.findall(r"\d-(\w+)\.mp3$", file.read_text(encoding="utf-8"), re.M)


# What a line is


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_examples_are_commands_and_near_misses_are_turns(command: Any) -> None:
    for line in command.examples:
        found = command_of(line, COMMANDS)
        assert found is not None, line
        assert found[0] is command, line
    assert [line for line in command.near_misses if command_of(line, COMMANDS)] == []


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("drop 3 7", ((3, 3), (7, 7))),
        ("drop 3, 7-9 and 11", ((3, 3), (7, 9), (11, 11))),
        ("keep 1 - 4", ((1, 4),)),
        ("keep 1\N{EN DASH}4", ((1, 4),)),
        ("why #3?", ((3, 3),)),
        ("drop", ()),
        ("drop 0", ((0, 0),)),
        ("save run.m3u8", "run.m3u8"),
        ("save it to ~/my run", "~/my run"),
        ("save x.mp3", "x.mp3"),
        ("save", ""),
        ("save as", ""),
        ("SAVE  AS Rainy Sunday", "Rainy Sunday"),
        ("undo.", ""),
    ],
)
def test_the_argument_of_a_command(line: str, value: Any) -> None:
    found = command_of(line, COMMANDS)
    assert found is not None
    assert found[1] == value


@pytest.mark.parametrize("rest", ["x", "3x", "80s", "1-", "-1", "1..3", "3 of 4", "9" * 5000])
def test_what_are_no_numbers(rest: str) -> None:
    assert numbers(rest) is None


def test_the_help_fits_a_terminal() -> None:
    lines = list(help_lines(COMMANDS))
    assert len(lines) == len(COMMANDS) + 1
    assert max(map(len, lines)) <= 80


# Lines from a pipe


def test_each_line_gets_one_object_on_one_line(six: Home) -> None:
    lines = ["sad slow folk", "", "more of these", "drop 2", "drop 9", "list", "why 1", "quit", "x"]
    done = six.say(lines, "--json", "-n", "2")
    first, more, drop, wrong, whole, why, end = map(json.loads, done.stdout.splitlines())
    assert titles(first) == ["Willow", "Heron"]
    assert first["draft"] == [1, 2]
    assert len(more["tracks"]) == 2
    assert more["draft"][:2] == [1, 2]
    kept = [more["draft"][at] for at in (0, 1, 2)]
    assert drop["draft"] == kept
    assert drop["said"].startswith(f"took out {TITLES[more['draft'][3] - 1]}s - ")
    assert drop["said"].endswith(": 3 in the list")
    assert wrong == {"error": "there is no number 9 in the list last shown, which has 2 tracks"}
    assert [track["id"] for track in whole["tracks"]] == whole["draft"] == kept
    assert why["said"].startswith('"')
    assert end == {"said": "", "draft": kept}
    assert done.stderr == ""


def test_a_pipe_is_answered_as_a_terminal_is_but_for_the_prompt(six: Home) -> None:
    done = six.say(["why 3", "folk", "why 3"], "-n", "3")
    *listed, reason = done.stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["1", "2", "3"]
    assert reason.startswith('"folk" ')
    assert done.stderr.splitlines() == [
        "no list was shown yet; say what you want to hear",
        "3 new, 3 in the list",
    ]


def test_words_and_options_are_the_first_turn(six: Home) -> None:
    (first, second) = six.chat(["more of these"], "sad", "folk", "year:1971..", "-n", "1")
    assert titles(first) == ["Heron"]
    assert len(second["draft"]) == 2
    assert 1 not in second["draft"]


def test_options_hold_after_a_new_start(six: Home) -> None:
    first, new, again = six.chat(["sad folk", "new", "folk"], "year:1971..", "-n", "1")
    assert titles(first) == ["Heron"]
    assert new["draft"] == []
    assert titles(again) in (["Heron"], ["Mirror"])


def test_keep_takes_the_others_of_the_list_out(six: Home) -> None:
    first, kept, whole = six.chat(["sad slow folk", "keep 1 3", "list"], "-n", "4")
    assert kept["draft"] == whole["draft"] == [first["draft"][0], first["draft"][2]]


def test_undo_returns_to_the_list_before(six: Home) -> None:
    lines = ["sad slow folk", "keep 1", "undo", "drop 3", "new", "undo", "undo", "undo", "undo"]
    first, _, back, _, _, after_new, after_drop, start, none = six.chat(lines, "-n", "3")
    assert titles(back) == titles(first)
    assert back["draft"] == after_drop["draft"] == first["draft"]
    assert after_new["draft"] == first["draft"][:2]
    assert start == {"said": "nothing has been said yet; say what you want to hear", "draft": []}
    assert none == {"error": "there is nothing to undo"}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("drop 0", "there is no number 0 in the list last shown, which has 2 tracks"),
        ("drop 2-3", "there is no number 3 in the list last shown, which has 2 tracks"),
        ("keep 99", "there is no number 99 in the list last shown, which has 2 tracks"),
        ("keep 1-2", "there is nothing to take out; 2 in the list"),
        ("keep", "keep: take the others of that list out; such as: keep 1-4"),
        ("save", "save: write the list to FILE.m3u8; such as: save run.m3u8"),
        ("save as -x", "no playlist can be called '-x': commands would take it for an option"),
    ],
)
def test_a_wrong_command_is_one_sentence(six: Home, line: str, error: str) -> None:
    first, wrong, whole = six.chat(["folk", line, "list"], "-n", "2")
    assert wrong == {"error": error}
    assert whole["draft"] == first["draft"]


@pytest.mark.parametrize("line", ["list", "play", "save a.m3u8", "save as A"])
def test_of_an_empty_list_there_is_nothing(six: Home, line: str) -> None:
    assert six.chat([line]) == [{"error": "the list is empty; say what you want to hear"}]


def test_an_empty_library_is_told_for_each_turn(home: Home) -> None:
    said = {"error": "the library has no tracks; import some with `beet import`"}
    assert home.chat(["folk", "jazz", "list"]) == [
        said,
        said,
        {"error": "the list is empty; say what you want to hear"},
    ]


@pytest.mark.parametrize("wrong", [["-n", "0"], ["year:x..y"], ["--output", "pls"]])
def test_a_wrong_start_ends_it(six: Home, wrong: list[str]) -> None:
    done = six.say(["folk"], *wrong, code=1)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_options_of_other_ends_do_not_go_with_it(six: Home) -> None:
    for other in (["-m", "a.m3u8"], ["--path"], ["--play"], ["--save", "A"], ["--map", "a.html"]):
        done = six.say([], *other, code=1)
        assert "--chat and" in done.stderr
        assert "do not go together" in done.stderr


def test_any_bytes_may_come(six: Home) -> None:
    done = subprocess.run(
        [BEET, "describe", "--chat", "--json", "-n", "1"],
        input=b"folk \xff\0\r\nsave as \xff\n" + b"\x1b[A " * 2000,
        env=six.environment,
        capture_output=True,
        check=True,
    )
    assert b"Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 3


# Where a list goes


def test_save_writes_the_whole_list(six: Home, tmp_path: Path) -> None:
    file = tmp_path / "my run.m3u8"
    answers = six.chat(["sad slow folk", "techno", f"save {file}"], "-n", "2", "--prefix", "x")
    assert answers[-1]["said"] == f"wrote 4 tracks to {file}"
    assert entries(file) == [TITLES[track - 1] for track in answers[1]["draft"]]
    assert "#PLAYLIST:sad slow folk" in file.read_text(encoding="utf-8")
    assert all(
        line.startswith(("#", "x")) for line in file.read_text(encoding="utf-8").splitlines()
    )


def test_save_keeps_what_is_no_playlist(six: Home, tmp_path: Path) -> None:
    foreign = tmp_path / "list.m3u8"
    foreign.write_text("my own words\nin two lines\n", encoding="utf-8")
    missing, song = tmp_path / "none" / "a.m3u8", tmp_path / "a.mp3"
    answers = six.chat(["folk", *(f"save {file}" for file in (foreign, missing, song))])
    assert [list(answer) for answer in answers[1:]] == [["error"]] * 3
    assert "its folder does not exist" in answers[2]["error"]
    assert "an audio file" in answers[3]["error"]
    assert foreign.read_text(encoding="utf-8") == "my own words\nin two lines\n"
    assert not song.exists()


def test_a_saved_chat_writes_the_same_list(six: Home, tmp_path: Path) -> None:
    lines = ["sad slow folk", "techno", "drop 1", "more of these", "save as Evening"]
    *_, last, saved = six.chat(lines, "-n", "2")
    assert "beet describe --update Evening" in saved["said"]
    six.beet("describe", "--update", "Evening", "-d", str(tmp_path))
    assert entries(tmp_path / "Evening.m3u8") == [TITLES[track - 1] for track in last["draft"]]


def test_the_player_gets_the_list_and_the_chat_goes_on(six: Home) -> None:
    player = six.folder / "player"
    player.write_text(PLAYER.format(folder=six.folder), encoding="utf-8")
    player.chmod(0o755)
    path = six.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**config, "play": {"command": str(player)}}), encoding="utf-8")
    done = six.say(["sad slow folk", "play", "list"], "--json", "-n", "2")
    _, played, whole = map(json.loads, done.stdout.splitlines())
    assert played == {"said": "", "draft": [1, 2]}
    assert titles(whole) == ["Willow", "Heron"]
    assert done.stderr == "Playing 2 tracks.\nthe player ran\n"
    assert (six.folder / "heard").read_text() == ""
    assert entries(six.folder / "played") == ["Willow", "Heron"]
    config["play"] = {"command": str(player) + "-is-not-there"}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    _, wrong, whole = six.chat(["folk", "play", "list"])
    assert wrong["error"].startswith("Could not play")
    assert whole["tracks"]


# Going on


def test_what_a_script_says_is_not_gone_on_with(six: Home) -> None:
    six.beet("describe", "techno", "-n", "1")
    six.chat(["folk"], "-n", "2")
    assert titles(six.ask("--again")) == ["Sequin"]


def test_a_chat_goes_on_from_the_last_command_and_that_from_the_chat(six: Home) -> None:
    six.beet("describe", "sad slow folk", "-n", "2")
    listed, why, dropped, more = six.chat(["why 2", "drop 1", "more of these"], "--again")
    assert titles(listed) == ["Willow", "Heron"]
    assert "folk" in why["said"]
    assert dropped["draft"] == [2]
    assert six.ask("--again")["draft"] == more["draft"]
    listed, undone, undone_too = six.chat(["undo", "undo"], "--again")
    assert listed["draft"] == more["draft"]
    assert undone["draft"] == [2]
    assert undone_too["draft"] == [1, 2]
    assert six.ask("--again")["draft"] == [1, 2]


def test_a_chat_that_cannot_be_kept_says_so_once(six: Home) -> None:
    six.beet("describe", "folk", "-n", "1")
    file = six.folder / "library.db.melscribe.last"
    chat = Seated(six, "describe", "--chat", "-n", "1")
    chat.until("> ")
    file.unlink()
    file.mkdir()
    assert "this chat cannot be kept" in chat.ask("folk")
    assert "cannot be kept" not in chat.ask("more of these")
    chat.type("\x04")
    assert chat.ended() == 0


# What others change meanwhile


class Lines:
    """A chat with a program: one line, one object."""

    def __init__(self, home: Home, *args: str) -> None:
        self.process = subprocess.Popen(
            [BEET, "describe", "--chat", "--json", *args],
            env=home.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def end(self) -> str:
        """End it; return what it wrote to stderr."""
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        return said


def test_a_chat_sees_what_another_beet_does(six: Home) -> None:
    chat = Lines(six, "-n", "9")
    assert len(chat.ask("folk")["tracks"]) == 6
    six.add({"title": "Reed", "artist": "Reeds", "genres": ["folk", "sad"]})
    new = chat.ask("sad folk")
    assert titles(new) == ["Reed"]
    assert any(note.startswith("index brought up to date: 1 new") for note in new["notes"])
    six.beet("remove", "-f", "title:Willow")
    assert len(chat.ask("list")["tracks"]) == 6
    six.beet("modify", "-y", "title:Reed", "title=Rush")
    assert titles(chat.ask("list"))[-1] == "Rush"
    chat.end()


@pytest.mark.parametrize("how", ["deleted", "damaged", "replaced"])
def test_a_chat_survives_what_happens_to_its_index(six: Home, tmp_path: Path, how: str) -> None:
    chat = Lines(six, "-n", "2")
    assert titles(chat.ask("sad slow folk")) == ["Willow", "Heron"]
    if how == "deleted":
        for file in six.folder.glob("library.db.melscribe*"):
            file.unlink()
    elif how == "damaged":
        size = six.index.stat().st_size
        six.index.write_bytes(os.urandom(size))
    else:
        other = tmp_path / "other"
        other.mkdir()
        home = Home(other)
        home.add({"title": "Oak", "genres": ["folk"]})
        home.beet("melindex")
        home.index.replace(six.index)
    assert titles(chat.ask("list")) == ["Willow", "Heron"]
    assert titles(chat.ask("metal"))[0] == "Ash"
    chat.end()


def test_a_chat_sees_a_library_that_replaces_its_own(six: Home, tmp_path: Path) -> None:
    chat = Lines(six, "-n", "9")
    assert len(chat.ask("folk")["tracks"]) == 6
    other = tmp_path / "other"
    other.mkdir()
    home = Home(other)
    home.add({"title": "Oak", "artist": "Oaks", "genres": ["folk"]})
    home.database.replace(six.database)
    assert titles(chat.ask("folk")) == ["Oak"]
    six.database.unlink()
    assert "is no longer there" in chat.ask("folk")["error"]
    assert not six.database.exists()
    chat.end()


def test_a_library_that_is_locked_is_one_sentence(six: Home) -> None:
    chat = Lines(six, "-n", "2")
    chat.ask("folk")
    with closing(sqlite3.connect(six.database)) as db:
        db.execute("ALTER TABLE items RENAME TO things")
        db.commit()
        assert list(chat.ask("list")) == ["error"]
        db.execute("ALTER TABLE things RENAME TO items")
        db.commit()
    assert len(chat.ask("list")["tracks"]) == 2
    chat.end()


@pytest.mark.parametrize("seed", range(4))
def test_a_chat_that_is_killed_leaves_whole_playlists(six: Home, tmp_path: Path, seed: int) -> None:
    file = tmp_path / "a.m3u8"
    chat = Lines(six, "-n", "2")
    chat.ask("sad slow folk")
    chat.ask(f"save {file}")
    assert chat.process.stdin
    chat.process.stdin.write(f"techno\nsave {file}\n" * 9)
    chat.process.stdin.flush()
    time.sleep(0.02 * (seed + 1))
    chat.process.kill()
    chat.process.communicate()
    assert entries(file)[:2] == ["Willow", "Heron"]
    assert len(entries(file)) in (2, 4, 6)


def test_a_closed_stdout_ends_it_in_silence(six: Home) -> None:
    done = subprocess.run(
        ["sh", "-c", "yes folk | head -200 | beet describe --chat | head -1"],
        env={**six.environment, "PATH": f"{BEET.parent}:{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


# At a terminal


def test_a_chat_at_a_terminal(six: Home) -> None:
    chat = Seated(six, "describe", "--chat", "-n", "2")
    assert chat.until("\r\n> ").endswith("say what you want to hear; `help` for commands\r\n> ")
    shown = chat.ask("sad slow folk")
    assert "Willows - Willow" in shown
    assert shown.endswith("2 new, 2 in the list")
    chat.type("not this\x03")
    chat.until("\r\n> ", nudge="\x03")
    assert "Willow" in chat.ask("list")
    chat.type("\x1b[A\n")  # the line before, from the history
    chat.until("2 in the list\r\n> ")
    chat.type("\x04")
    assert chat.ended() == 0
    assert chat.text.endswith("> \r\n")


def test_ctrl_c_stops_an_answer_and_not_the_chat(six: Home) -> None:
    player = six.folder / "player"
    player.write_text("#!/bin/sh\necho it plays\nsleep 60\n", encoding="utf-8")
    player.chmod(0o755)
    path = six.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**config, "play": {"command": str(player)}}), encoding="utf-8")
    chat = Seated(six, "describe", "--chat", "folk", "-n", "2")
    chat.until("> ")
    chat.type("play\n")
    chat.until("it plays")
    chat.type("\x03")
    assert "stopped" in chat.until("> ")
    assert "2 in the list" in chat.ask("list")
    chat.type("quit\n")
    assert chat.ended() == 0


def test_a_terminal_that_is_closed_ends_it_and_keeps_the_list(six: Home) -> None:
    chat = Seated(six, "describe", "--chat", "-n", "2")
    chat.until("> ")
    chat.ask("sad slow folk")
    chat.ask("drop 1")
    chat.type("\n")
    assert chat.hang_up() in (0, -signal.SIGHUP)
    assert six.ask("--again", "more of these")["draft"][0] == 2


def test_names_are_cut_to_the_width_of_the_terminal(home: Home) -> None:
    home.add({"title": "A" * 90, "artist": "Ann", "genres": ["folk"]})
    home.add({"title": "\N{CJK UNIFIED IDEOGRAPH-65E5}" * 50, "artist": "Bo", "genres": ["folk"]})
    chat = Seated(home, "describe", "--chat", columns=60)
    chat.until("> ")
    shown = re.sub(r"\x1b\[[\d;]*m", "", chat.ask("folk"))
    rows = {row[14:].split(" - ")[0]: row for row in shown.split("\r\n") if " - " in row}
    assert rows["Ann"].endswith("\N{HORIZONTAL ELLIPSIS}")
    assert len(rows["Ann"]) == 60
    # 14 columns before the names, 5 of "Bo - ", 40 of twenty ideographs, one for the end
    assert rows["Bo"].count("\N{CJK UNIFIED IDEOGRAPH-65E5}") == 20
    chat.type("\x04")
    assert chat.ended() == 0
