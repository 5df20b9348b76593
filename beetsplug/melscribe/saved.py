"""Saved descriptions: those in the config, and those in a YAML file beside the index.

Reading order: one entry and its checks; all entries, read and written; the playlist file of an
entry. The file is not part of the index, which may be deleted at any time: saved descriptions
cannot be restored from the library. It is YAML so that users can read and edit it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from random import randrange
from typing import Any

import confuse
import yaml
from beets.library import Library
from beets.ui import UserError
from beets.util import sanitize_path

from beetsplug.melscribe import filters, options, settings
from beetsplug.melscribe.request import UserRequest, refined
from beetsplug.melscribe.settings import Settings
from melscribe_core.errors import SavedError
from melscribe_core.files.writing import write_whole

Check = Callable[[confuse.ConfigView], Any]

NOTHING = (
    "no description is saved; save one with `beet describe WORDS... --save NAME`, or write it"
    " under `melscribe: playlists:` in your config"
)
_HEAD = (
    "# Saved by `beet describe ... --save NAME`; `beet describe --update` writes the playlists.\n"
)
ENDINGS = (".m3u", ".m3u8")
_ADDED = {"m3u": ".m3u", "extm3u": ".m3u8"}
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Windows opens a device for these names, also with an ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Saved:
    """A saved description: the name of its playlist, the request, and the seed of the selection.

    `chat` holds the later turns of a conversation, as typed: the playlist is then what it comes to.
    `shuffle` means a new seed at every update.
    """

    name: str
    asked: UserRequest
    seed: int | None = None
    shuffle: bool = False
    chat: tuple[str, ...] = ()


def keys() -> dict[str, Check]:
    """Return the check of each key that an entry may have."""
    a_list = partial(settings.strings, split=False)
    checks: dict[str, Check] = {
        "name": settings.text,
        "describe": settings.text,
        "query": a_list,
        "again": a_list,
        "chat": a_list,
    }
    for name, option in options.SAVED.items():
        checks[name] = (
            a_list if option.repeatable else partial(settings.option_value, option=option)
        )
    return checks


def read_entries(entries: Sequence[object], place: str) -> list[Saved]:
    """Parse entries; `place` names their source in messages.

    Raises UserError or confuse.ConfigError: one sentence that names the entry and the key.
    """
    return [_read(entry, place, number) for number, entry in enumerate(entries, 1)]


def entry_of(saved: Saved) -> dict[str, Any]:
    """Return a saved description as an entry, without empty values."""
    asked = saved.asked
    values = {
        "name": saved.name,
        "describe": asked.text,
        "again": list(asked.remarks),
        "chat": list(saved.chat),
        "query": " ".join(map(_quoted, asked.terms)),
        "more": list(asked.more),
        "less": list(asked.less),
        "like": list(asked.like),
        "sounds_like": list(asked.sounds_like),
        **{key: asked.option(key) for key in options.REMEMBERED},
        "seed": saved.seed,
        "shuffle": saved.shuffle,
    }
    # keep 0, a number that the user gave
    return {key: value for key, value in values.items() if value or type(value) in (int, float)}


def of_turns(
    name: str, turns: Sequence[UserRequest], seed: int | None = None, *, shuffle: bool = False
) -> Saved:
    """Return a saved description of a conversation: what was typed, turn after turn.

    Query terms, examples and options of all turns hold for the whole.
    """
    first, *later = turns
    whole = reduce(refined, (replace(turn, text="") for turn in later), first)
    return Saved(name, whole, seed, shuffle, tuple(turn.text for turn in later if turn.text))


def seed_of(saved: Saved) -> int | None:
    """Return the seed for an answer; a random one with `shuffle`."""
    return randrange(1 << 32) if saved.shuffle else saved.seed


def as_yaml(entries: Sequence[dict[str, Any]]) -> str:
    """Return entries as YAML that can be pasted under `playlists:` in a config."""
    text: str = yaml.safe_dump(
        list(entries), allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return text


def _read(entry: object, place: str, number: int) -> Saved:
    if not isinstance(entry, dict) or entry.get("name") in (None, ""):
        raise UserError(f"entry {number} of {place} has no `name:`; give it one")
    checks = keys()
    label = f"{place}[{entry['name']}]"
    for key in entry:
        if key not in checks:
            raise UserError(
                f"{label}.{key} is not a playlist setting; use one of {', '.join(checks)}"
            )
    view = confuse.RootView([confuse.ConfigSource({label: entry})])[label]
    given = {key: checks[key](view[key]) for key in entry}
    try:
        return _saved(given)
    except UserError as error:
        raise UserError(f"{label}: {error}") from error


def _saved(given: dict[str, Any]) -> Saved:
    """Return the saved description with checked values; raise UserError for an empty request."""
    asked = UserRequest(
        text=" ".join((given.get("describe") or "").split()),
        remarks=given.get("again", ()),
        terms=_terms(given.get("query", ())),
        more=given.get("more", ()),
        less=given.get("less", ()),
        like=given.get("like", ()),
        sounds_like=given.get("sounds_like", ()),
        options={key: given[key] for key in options.REMEMBERED if key in given},
    )
    if asked.is_empty:
        raise UserError("it asks for nothing; say after `describe:` what you want to hear")
    for terms in (asked.terms, *map(filters.terms_of, asked.examples)):
        filters.parsed(terms)
    return Saved(
        given["name"],
        asked,
        given.get("seed"),
        given.get("shuffle", False),
        tuple(given.get("chat", ())),
    )


def _quoted(term: str) -> str:
    """Return a query term, quoted if it contains a blank, quote or backslash.

    A shell would need quotes around more terms, such as `^genres:pop`, and YAML would quote
    those again.
    """
    return shlex.quote(term) if not term or re.search(r"[\s'\"\\]", term) else term


def _terms(queries: Sequence[str]) -> tuple[str, ...]:
    """Return the terms of the queries, joined with `,` so that any of them may match."""
    terms: list[str] = []
    for query in queries:
        terms += [*([","] if terms else []), *filters.terms_of(query)]
    return tuple(terms)


@dataclass(frozen=True)
class AllSaved:
    """All saved descriptions; `hidden` names those of the file that the config defines too."""

    of_config: Sequence[Saved]
    of_file: Sequence[Saved]
    hidden: Sequence[str]

    @property
    def all(self) -> list[Saved]:
        """Return the saved descriptions, the config's first."""
        return [*self.of_config, *self.of_file]

    def notes(self) -> list[str]:
        """Return one note per name that is both in the config and in the file."""
        return [
            f"{name} is both saved and in your config: the config is used"
            f' (`beet describe --forget "{name}"` drops the saved one)'
            for name in self.hidden
        ]


def all_saved(config: Settings, file: Path) -> AllSaved:
    """Return all saved descriptions; raise UserError, naming the entry, for an invalid one."""
    of_config = read_entries(config.playlists, "melscribe.playlists")
    of_file = read_file(file)
    names = {saved.name for saved in of_config}
    return AllSaved(
        of_config,
        [saved for saved in of_file if saved.name not in names],
        [saved.name for saved in of_file if saved.name in names],
    )


def read_file(file: Path) -> list[Saved]:
    """Return the saved descriptions of the file, in its order; empty without a file."""
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(
            f"the saved descriptions in {file} cannot be read: {error.strerror}"
        ) from error
    except (ValueError, yaml.YAMLError) as error:
        raise UserError(
            f"the saved descriptions in {file} are not valid YAML; repair the file or delete it"
        ) from error
    if entries is None:  # an empty file
        return []
    if not isinstance(entries, list):
        raise UserError(f"{file} must contain a list of entries; repair the file or delete it")
    return read_entries(entries, file.name)


def write_file(file: Path, saved: Sequence[Saved]) -> None:
    """Replace the file; remove it when nothing is saved. Raises SavedError."""
    if saved:
        entries = [entry_of(one) for one in saved]
        write_whole(file, (_HEAD + as_yaml(entries)).encode(), SavedError)
    else:
        _remove(file)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise SavedError(f"The file {file} cannot be removed: {error.strerror}.") from error


def playlist_path(name: str, lib: Library, output: str = "extm3u") -> str:
    """Return the playlist file of a name, relative to the folder for playlists.

    It is sanitised as beets sanitises the names of music files. The name may include folders and
    the ending `.m3u` or `.m3u8`; otherwise output `m3u` adds the former, `extm3u` the latter.
    Raises UserError for a name that would lead out of the folder, or is not a valid file name.
    """
    if why := _wrong(name):
        raise UserError(f"no playlist can be called {name!r}: {why}")
    ending = "" if name.lower().endswith(ENDINGS) else _ADDED[output]
    # As everywhere in beets, the config's `replace` decides which characters file names may have.
    file = sanitize_path(name + ending, lib.replacements)
    if _wrong(file):
        raise UserError(
            f"no playlist can be called {name!r}: `replace` would turn it into {file!r}"
        )
    return file


def without_ending(name: str) -> str:
    """Return a playlist's name without `.m3u` or `.m3u8`."""
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in ENDINGS else name


def _wrong(name: str) -> str:
    """Return what is wrong with a name, "" for a valid one."""
    parts = re.split(r"[\\/]", name)
    if _CONTROLS.search(name):
        return "it contains a line break or another control character"
    if name.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:[\\/]", name):
        return "it must not begin like a path; playlist_dir sets the folder of the playlists"
    if name.startswith("-"):
        return "commands would take it for an option"
    if any(not without_ending(part).strip() or part.startswith(".") for part in parts):
        return "no part of it may be empty or begin with a dot"
    if any(_DEVICE.fullmatch(part) for part in parts):
        return "Windows has a device of that name"
    return ""
