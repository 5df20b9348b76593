"""The file of the last conversation, for `--again`: one small file beside the index.

It is separate from the index, so that asking writes nothing there. What cron and scripts ask is not
kept: it would replace what the user wants to go on from. Reading order: keeping a conversation;
taking it up; the format; a conversation in words.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe import library, options
from beetsplug.melscribe.request import UserRequest, is_typed, refuse_impossible
from beetsplug.melscribe.turns import DROP, Turn
from melscribe_core.files.writing import replace_file

FORMAT = 2  # of the file; another one is refused
MOST_TURNS = 5  # after the first, that are shown
LISTS = ("terms", "more", "less", "like", "sounds_like")
NONE = "there is no earlier request to take up again; describe something first"

Added = Mapping[int, float]  # by track: when it came into the library, which no other track shares


def talk_file(index: Path) -> Path:
    """Return the file of the last conversation, beside the index."""
    return index.with_name(index.name + ".last")


def keep_typed(file: Path, lib: Library, turns: Sequence[Turn], *, again: bool) -> list[str]:
    """Keep a conversation that was typed, or gone on with; return a note if it cannot be."""
    if not (again or is_typed()):
        return []
    why = keep(file, lib, turns)
    if not (why and again):
        return []
    return [f"taken up: {turns[0].asked.text}; what is said now cannot be kept ({why})"]


def keep(file: Path, lib: Library, turns: Sequence[Turn]) -> str:
    """Write the turns to the file; return "", or why that failed.

    On failure an older one is removed if possible: the user would not mean it.
    """
    shown = {track for turn in turns for track in (*turn.shown, *turn.out)}
    packed = packed_turns(turns, library.added(lib, sorted(shown)))
    try:
        if not (file.is_file() and file.read_bytes() == packed):
            replace_file(file, packed)
    except OSError as error:
        with suppress(OSError):
            file.unlink()
        return error.strerror or str(error)
    return ""


def turns_to_take_up(file: Path, lib: Library, *, again: bool) -> list[Turn]:
    """Return the turns of the last conversation for `--again`, and none without it."""
    return last_turns(file, lib) if again else []


def last_turns(file: Path, lib: Library) -> list[Turn]:
    """Return the turns of the last conversation; raise UserError when there are none.

    Tracks that have left the library are not in them. When all have, it was another library.
    """
    try:
        kept = unpacked_turns(file.read_bytes())
    except FileNotFoundError:
        raise UserError(NONE) from None
    except OSError as error:
        raise UserError(f"the last request cannot be read from {file}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(
            f"{file} holds no request that this version can take up again; describe something first"
        ) from error
    here = library.added(lib, sorted({track for _, added in kept for track in added}))
    turns = [_of_library(turn, added, here) for turn, added in kept]
    if any(added for _, added in kept) and not any(turn.shown or turn.out for turn in turns):
        raise UserError(
            "none of the tracks of the last request is in this library; describe something first"
        )
    return turns


def _of_library(turn: Turn, added: Added, here: Added) -> Turn:
    """Return a turn without the tracks that are not in the library, or are others there."""
    same = {track for track, when in added.items() if here.get(track) == when}
    return replace(
        turn,
        shown=tuple(track for track in turn.shown if track in same),
        out=tuple(track for track in turn.out if track in same),
    )


# The format


def packed_turns(turns: Sequence[Turn], added: Added) -> bytes:
    """Return the content of the file; tracks that are not in `added` are left out."""

    def pairs(tracks: Sequence[int]) -> list[tuple[int, float]]:
        return [(track, added[track]) for track in tracks if track in added]

    rows = [
        {
            "text": turn.asked.text,
            **{name: getattr(turn.asked, name) for name in LISTS},
            "options": turn.asked.options,
            "shown": pairs(turn.shown),
            "out": pairs(turn.out),
        }
        for turn in turns
    ]
    return json.dumps({"format": FORMAT, "turns": rows}).encode()


def unpacked_turns(stored: bytes) -> list[tuple[Turn, Added]]:
    """Return each turn of the file with when its tracks were added; raise ValueError otherwise."""
    try:
        values = json.loads(stored)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(values, dict) or values.keys() != {"format", "turns"}:
        raise ValueError("other values than a conversation has")
    if values["format"] != FORMAT or not isinstance(values["turns"], list) or not values["turns"]:
        raise ValueError("another format")
    turns = [_turn(row) for row in values["turns"]]
    if turns[0][0].asked.text.startswith(DROP):
        raise ValueError("nothing was said before a track was taken out")
    return turns


def _turn(row: object) -> tuple[Turn, Added]:
    if not isinstance(row, dict) or row.keys() != {"text", "options", "shown", "out", *LISTS}:
        raise ValueError("other values than a turn has")
    if not isinstance(row["text"], str) or not isinstance(row["options"], dict):
        raise ValueError("other values than a turn has")
    kinds = {name: option.kind for name, option in options.REMEMBERED.items()}
    for name, given in row["options"].items():
        if type(given) is not kinds.get(name):
            raise ValueError(f"{name} is another option, or of another kind")
    lists = {name: _texts(row[name]) for name in LISTS}
    asked = UserRequest(text=row["text"], options=row["options"], **lists)
    shown, out = [*_pairs(row["shown"])], [*_pairs(row["out"])]
    try:
        refuse_impossible(asked, may_be_empty=True)
    except UserError as error:
        raise ValueError("an option that cannot be") from error
    turn = Turn(asked, tuple(track for track, _ in shown), tuple(track for track, _ in out))
    return turn, dict((*shown, *out))


def _texts(listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ValueError("other values than a turn has")
    return tuple(listed)


def _pairs(listed: object) -> Iterator[tuple[int, float]]:
    if not isinstance(listed, list):
        raise ValueError("other values than a turn has")
    for pair in listed:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError("a track is an id and a time")
        track, added = pair
        if type(track) is not int or type(added) not in (int, float):
            raise ValueError("a track is an id and a time")
        if not -(2**63) <= track < 2**63:
            raise ValueError("no id of a track")
        yield track, float(added)


# In words


def in_one_line(turns: Sequence[Turn]) -> str:
    """Return what was typed: `sad folk year:1970.. --number 4, then "slower" --number 2`."""
    first, *later = [
        _in_words(turn.asked, is_first=not number) for number, turn in enumerate(turns)
    ]
    if len(later) > MOST_TURNS:
        left_out = len(later) - MOST_TURNS + 1
        later[:left_out] = [f"{left_out} more turns"]
    return first + "".join(f", then {one}" for one in later)


def _in_words(asked: UserRequest, *, is_first: bool) -> str:
    lists = [(name.replace("_", "-"), getattr(asked, name)) for name in LISTS if name != "terms"]
    flags = {name: option.flag for name, option in options.REMEMBERED.items()}
    text = asked.text if is_first else f'"{asked.text}"'
    parts = [
        *([text] if asked.text else []),
        *map(shlex.quote, asked.terms),
        *(f"--{name} {shlex.quote(said)}" for name, every in lists for said in every),
        *(
            flags[name] if given is True else f"{flags[name]} {given}"
            for name, given in asked.options.items()
        ),
    ]
    return " ".join(parts)
