"""The section `melscribe:` of the config, checked when a command runs.

It is never read at start: a wrong value would then stop every beet command. What is of the wrong
kind raises confuse.ConfigError, which beets prints as one sentence with the key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import confuse
from beets.ui import UserError

from beetsplug.melscribe import options
from beetsplug.melscribe.defaults import DEFAULTS
from beetsplug.melscribe.options import Option
from melscribe_core.errors import PlaylistError

if TYPE_CHECKING:
    from melscribe_core.playlist.m3u import Options

LISTEN = ("no", "poor", "all")  # which tracks an import hears, and `melindex --listen` by default


@dataclass(frozen=True)
class TasteSettings:
    """What a person likes: beets queries, m3u files or folders of them, and what does not count.

    `weight` is how much the taste that follows from it moves an answer, 0 to 1.
    """

    like: tuple[str, ...]
    playlists: tuple[Path, ...]
    exclude: tuple[str, ...]
    weight: float

    @property
    def is_set(self) -> bool:
        """Return whether anything says what is liked."""
        return bool(self.like or self.playlists)


@dataclass(frozen=True)
class Settings:
    """The section `melscribe:`, every value of its right kind; see docs/reference.md.

    `playlists` holds entries as they are in the config: beetsplug.melscribe.saved checks them.
    """

    encoder: str | None
    index: Path | None
    threads: int | None
    file_tags: bool
    siblings: bool
    listen: str
    tower: Path | None
    fields: tuple[str, ...]
    junk: tuple[str, ...]
    aliases: dict[str, str]
    query: tuple[str, ...]
    number: int
    per_artist: int
    per_album: int
    min_score: float
    query_number: int
    taste: TasteSettings
    auto: bool
    playlists: tuple[object, ...]
    playlist_dir: bytes | None
    playlist: Options


def read_settings(config: confuse.ConfigView) -> Settings:
    """Return the checked settings.

    Raises UserError for a key that is not in DEFAULTS, confuse.ConfigError for a wrong value.
    """
    refuse_unknown(config, DEFAULTS)
    remembered = options.REMEMBERED
    return Settings(
        encoder=text(config["encoder"]) or None,
        index=path(config["index"]),
        threads=at_least(config["threads"], 0) or None,
        file_tags=yes_or_no(config["file_tags"]),
        siblings=yes_or_no(config["siblings"]),
        listen=which(config["listen"]),
        tower=path(config["tower"]),
        fields=strings(config["fields"]),
        junk=strings(config["junk"], split=False),
        aliases=pairs(config["aliases"]),
        query=queries(config["query"]),
        number=option_value(config["number"], remembered["number"]),
        per_artist=option_value(config["per_artist"], remembered["per_artist"]),
        per_album=option_value(config["per_album"], remembered["per_album"]),
        min_score=option_value(config["min_score"], remembered["min_score"]),
        query_number=at_least(config["query_number"], 1),
        taste=_taste(config["taste"]),
        auto=yes_or_no(config["auto"]),
        playlists=unchecked_list(config["playlists"]),
        playlist_dir=folder_at(config["playlist"]["playlist_dir"]),
        playlist=_playlist(config["playlist"]),
    )


def _playlist(view: confuse.ConfigView) -> Options:
    from melscribe_core.playlist.m3u import Options

    try:
        return Options(
            relative_to=folder_at(view["relative_to"]),
            forward_slash=yes_or_no(view["forward_slash"]),
            prefix=text(view["prefix"]) or "",
            urlencode=yes_or_no(view["urlencode"]),
            uri_format=text(view["uri_format"]),
            dest_regen=yes_or_no(view["dest_regen"]),
            output=text(view["output"]) or "extm3u",
            fields=strings(view["fields"]),
        )
    except PlaylistError as error:  # its sentence begins with the option
        raise UserError(f"{view.name}.{error}") from error


def _taste(view: confuse.ConfigView) -> TasteSettings:
    return TasteSettings(
        like=queries(view["like"]),
        playlists=paths(view["playlists"]),
        exclude=queries(view["exclude"]),
        weight=option_value(view["weight"], options.REMEMBERED["taste"]),
    )


def folder(name: str) -> bytes:
    """Return the absolute path of a folder as it was typed."""
    return os.fsencode(os.path.abspath(os.path.expanduser(name)))


def refuse_unknown(config: confuse.ConfigView, known: dict[str, Any]) -> None:
    """Raise UserError for what is not a mapping or has an unknown key, at any depth.

    confuse ignores unknown keys, and the user believes that a misspelt setting is on.
    """
    for value, _ in config.resolve():
        if not isinstance(value, dict):
            raise UserError(
                f"{config.name} in your config holds no settings; write them beneath it as"
                " `key: value`, or leave it out"
            )
    for key in config:
        if key not in known:
            raise UserError(
                f"{config.name}.{key} in your config is not a setting; there are {', '.join(known)}"
            )
        if known[key] and isinstance(known[key], dict):
            refuse_unknown(config[key], known[key])


def path(view: confuse.ConfigView) -> Path | None:
    """Return a path, relative to the folder of the config; None when it is not set."""
    value: str | None = view.get(confuse.Optional(confuse.Filename()))
    return None if value is None else Path(value)


def paths(view: confuse.ConfigView) -> tuple[Path, ...]:
    """Return paths, relative to the folder of the config, given as one text or a list."""
    given = view.get()
    if isinstance(given, str):
        return (Path(view.get(confuse.Filename())),)
    if not isinstance(given, list):
        raise confuse.ConfigTypeError(f"{view.name}: must be a list")
    return tuple(map(Path, view.get(confuse.Sequence(confuse.Filename()))))


def folder_at(view: confuse.ConfigView) -> bytes | None:
    """Return the absolute path of a folder, relative to that of the config; None for none."""
    value: str | None = view.get(confuse.Optional(confuse.Filename()))
    return None if value is None else folder(value)


def at_least(view: confuse.ConfigView, least: int) -> int:
    """Return a whole number that is not below `least`."""
    value = whole_number(view)
    if value < least:
        raise confuse.ConfigValueError(f"{view.name}: must be {least} or more, not {value}")
    return value


def option_value(view: confuse.ConfigView, option: Option) -> Any:
    """Return the value of a setting that is an option of the command line too."""
    of_words = option.kind is str and option.range is not None
    value = view.get() if of_words else _OF_KIND[option.kind](view)
    if option.range is not None and not option.range.holds(value):
        raise confuse.ConfigValueError(f"{view.name}: must be {option.range.words}, not {value!r}")
    return value


def whole_number(view: confuse.ConfigView) -> int:
    """Return a whole number."""
    value = view.get()
    if type(value) is not int:  # `yes` is an int for Python, and confuse cuts 2.7 down to 2
        raise confuse.ConfigTypeError(f"{view.name}: must be a whole number, not {value!r}")
    return value


def yes_or_no(view: confuse.ConfigView) -> bool:
    """Return yes or no."""
    value = view.get()
    if not isinstance(value, bool):
        raise confuse.ConfigTypeError(f"{view.name}: must be yes or no, not {value!r}")
    return value


def which(view: confuse.ConfigView) -> str:
    """Return which tracks to hear: one of LISTEN. YAML reads `no` as a truth value."""
    value = view.get()
    found = "no" if value is False else value
    if found not in LISTEN:
        raise confuse.ConfigValueError(
            f"{view.name}: must be one of {', '.join(LISTEN)}, not {value!r}"
        )
    return str(found)


def text(view: confuse.ConfigView) -> str | None:
    """Return a text, None when it is not set."""
    value: str | None = view.get(confuse.Optional(confuse.String()))
    return value


def strings(view: confuse.ConfigView, *, split: bool = True) -> tuple[str, ...]:
    """Return a list of texts; a single text is split into words, or with `split=False` kept."""
    if isinstance(view.get(), dict):  # confuse would take its keys
        raise confuse.ConfigTypeError(f"{view.name}: must be a list")
    return tuple(view.as_str_seq(split=split))


def queries(view: confuse.ConfigView) -> tuple[str, ...]:
    """Return beets queries, given as one text or a list; empty ones are dropped."""
    return tuple(query for query in strings(view, split=False) if query.strip())


def unchecked_list(view: confuse.ConfigView) -> tuple[object, ...]:
    """Return a list, its elements unchecked."""
    value = view.get()
    if not isinstance(value, list):
        raise confuse.ConfigTypeError(f"{view.name}: must be a list, not {type(value).__name__}")
    return tuple(value)


def pairs(view: confuse.ConfigView) -> dict[str, str]:
    """Return a mapping of texts to texts."""
    found: dict[str, str] = view.get(confuse.MappingValues(confuse.String()))
    for name in found:
        if not isinstance(name, str):
            raise confuse.ConfigTypeError(f"{view.name}: put {name!r} in quotes, it is not a text")
    return found


def number(view: confuse.ConfigView) -> float:
    """Return a number."""
    value = view.get()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise confuse.ConfigTypeError(f"{view.name}: must be a number, not {value!r}")
    return value


_OF_KIND = {bool: yes_or_no, int: whole_number, float: number, str: text}
