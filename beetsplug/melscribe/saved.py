"""Saved descriptions: those of the config, and those of a file beside the index.

Reading order: an entry and what it asks for; where all of them are kept; the playlist file of each,
by its name. The file holds what cannot be restored from the library, so it is not part of the
index, which may be deleted. It is YAML, for its owner to read and to repair.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import randrange
from typing import Any

import confuse
import yaml
from beets.library import Library
from beets.ui import UserError
from beets.util import sanitize_path

from beetsplug.melscribe import filters, options, settings
from beetsplug.melscribe.request import UserRequest
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
# Opening one of these talks to a device on Windows, whatever stands behind a dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Saved:
    """A saved description: the name of its playlist, what it asks, and which of equal lists.

    `shuffle` asks for another list at every update.
    """

    name: str
    asked: UserRequest
    seed: int | None = None
    shuffle: bool = False


def keys() -> dict[str, Check]:
    """Return, by key of an entry, the check of its value."""
    a_list = partial(settings.strings, split=False)
    checks: dict[str, Check] = {
        "name": settings.text,
        "describe": settings.text,
        "query": a_list,
        "again": a_list,
    }
    for name, option in options.SAVED.items():
        checks[name] = (
            a_list if option.repeatable else partial(settings.option_value, option=option)
        )
    return checks


def read_entries(entries: Sequence[object], place: str) -> list[Saved]:
    """Return what entries stand for; `place` is where they stand, as sentences name it.

    Raises UserError or confuse.ConfigError: one sentence with the entry and its key.
    """
    return [_read(entry, place, number) for number, entry in enumerate(entries, 1)]


def entry_of(saved: Saved) -> dict[str, Any]:
    """Return the entry that stands for a saved description, without what goes without saying."""
    asked = saved.asked
    every = {
        "name": saved.name,
        "describe": asked.text,
        "again": list(asked.remarks),
        "query": " ".join(map(_quoted, asked.terms)),
        "more": list(asked.more),
        "less": list(asked.less),
        "like": list(asked.like),
        **{key: asked.option(key) for key in options.REMEMBERED},
        "seed": saved.seed,
        "shuffle": saved.shuffle,
    }
    # 0 is a number that somebody gave
    return {key: value for key, value in every.items() if value or type(value) in (int, float)}


def seed_of(saved: Saved) -> int | None:
    """Return the seed for an answer: another one every time where it asks for that."""
    return randrange(1 << 32) if saved.shuffle else saved.seed


def as_yaml(entries: Sequence[dict[str, Any]]) -> str:
    """Return entries as they may stand under `playlists:` in a config."""
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
                f"{label}.{key} is no setting of a playlist; there are {', '.join(checks)}"
            )
    view = confuse.RootView([confuse.ConfigSource({label: entry})])[label]
    given = {key: checks[key](view[key]) for key in entry}
    try:
        return _saved(given)
    except UserError as error:
        raise UserError(f"{label}: {error}") from error


def _saved(given: dict[str, Any]) -> Saved:
    """Return the saved description for checked values; raise UserError when it asks nothing."""
    asked = UserRequest(
        text=" ".join((given.get("describe") or "").split()),
        remarks=given.get("again", ()),
        terms=_terms(given.get("query", ())),
        more=given.get("more", ()),
        less=given.get("less", ()),
        like=given.get("like", ()),
        options={key: given[key] for key in options.REMEMBERED if key in given},
    )
    if not (asked.text or asked.like or asked.more):
        raise UserError("it asks for nothing; say after `describe:` what is to be heard")
    for terms in (asked.terms, *map(filters.terms_of, asked.like)):
        filters.parsed(terms)
    return Saved(given["name"], asked, given.get("seed"), given.get("shuffle", False))


def _quoted(term: str) -> str:
    """Return a term as it may stand in a query that is one text; most stand as they are.

    A shell would want more of them quoted, such as `^genres:pop`, and YAML those quotes once more.
    """
    return shlex.quote(term) if not term or re.search(r"[\s'\"\\]", term) else term


def _terms(queries: Sequence[str]) -> tuple[str, ...]:
    """Return the terms of a query; of several, those that find what any of them finds."""
    terms: list[str] = []
    for query in queries:
        terms += [*([","] if terms else []), *filters.terms_of(query)]
    return tuple(terms)


@dataclass(frozen=True)
class Known:
    """All saved descriptions: those of the config, and those of the file that it does not hide."""

    of_config: Sequence[Saved]
    of_file: Sequence[Saved]
    hidden: Sequence[str]

    @property
    def all(self) -> list[Saved]:
        """Return the saved descriptions, the config's first."""
        return [*self.of_config, *self.of_file]

    def notes(self) -> list[str]:
        """Return the sentences on names that stand in both places."""
        return [
            f"{name} is saved and stands in your config: the config counts"
            f' (`beet describe --forget "{name}"` drops the saved one)'
            for name in self.hidden
        ]


def known(config: Settings, file: Path) -> Known:
    """Return all saved descriptions; raise UserError, with the entry, for one that is wrong."""
    of_config = read_entries(config.playlists, "melscribe.playlists")
    kept = read_file(file)
    names = {saved.name for saved in of_config}
    return Known(
        of_config,
        [saved for saved in kept if saved.name not in names],
        [saved.name for saved in kept if saved.name in names],
    )


def read_file(file: Path) -> list[Saved]:
    """Return what was saved in the file, in its order; nothing where there is no file."""
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
            f"the saved descriptions in {file} are no YAML any more; mend the file or delete it"
        ) from error
    if entries is None:  # somebody took all of them out
        return []
    if not isinstance(entries, list):
        raise UserError(f"{file} must hold a list of entries; mend the file or delete it")
    return read_entries(entries, file.name)


def write_file(file: Path, saved: Sequence[Saved]) -> None:
    """Write the file whole; without anything saved it goes. Raises SavedError."""
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
    """Return the file for a name, beneath the folder for playlists.

    It is made safe as beets makes the names of music files safe. The name may hold folders and an
    ending of `.m3u` or `.m3u8`; where it has none, the output `m3u` adds the former, `extm3u` the
    latter. Raises UserError for a name that would lead out of the folder, or to no file.
    """
    if why := _wrong(name):
        raise UserError(f"no playlist can be called {name!r}: {why}")
    ending = "" if name.lower().endswith(ENDINGS) else _ADDED[output]
    # As everywhere in beets: the config's `replace` decides what does not go into a file name.
    file = sanitize_path(name + ending, lib.replacements)
    if _wrong(file):
        raise UserError(f"no playlist can be called {name!r}: `replace` would make {file!r} of it")
    return file


def without_ending(name: str) -> str:
    """Return a playlist's name without `.m3u` or `.m3u8`."""
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in ENDINGS else name


def _wrong(name: str) -> str:
    """Say what is wrong with a name, "" when nothing is."""
    parts = re.split(r"[\\/]", name)
    if _CONTROLS.search(name):
        return "it holds a line break or another control character"
    if name.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:[\\/]", name):
        return "it must not begin as a path does; playlist_dir says where playlists lie"
    if name.startswith("-"):
        return "commands would take it for an option"
    if any(not without_ending(part).strip() or part.startswith(".") for part in parts):
        return "no part of it may be empty or begin with a dot"
    if any(_DEVICE.fullmatch(part) for part in parts):
        return "Windows has a device of that name"
    return ""
