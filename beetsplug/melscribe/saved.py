"""The saved descriptions: those of the config, and those in a file beside the index.

The file holds what no library can give back, so it is no part of the index, which may be deleted.
It is YAML, for its owner to read and to mend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from beets.ui import UserError

from beetsplug.melscribe.entries import Saved, as_yaml, entry_of, read_entries
from beetsplug.melscribe.settings import Settings
from melscribe_core.errors import SavedError
from melscribe_core.files.writing import write_whole

NOTHING = (
    "no description is saved; save one with `beet describe WORDS... --save NAME`, or write it"
    " under `melscribe: playlists:` in your config"
)
_HEAD = (
    "# Saved by `beet describe ... --save NAME`; `beet describe --update` writes the playlists.\n"
)


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


def known(settings: Settings, file: Path) -> Known:
    """Return all saved descriptions; raise UserError, with the entry, for one that is wrong."""
    of_config = read_entries(settings.playlists, "melscribe.playlists")
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
