"""What the person's config says, checked when a command runs (never at start.

It would kill every command).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import confuse
from beets.ui import UserError

from melscribe_core.errors import PlaylistError

if TYPE_CHECKING:
    from melscribe_core.m3u import Options

DEFAULTS: dict[str, Any] = {
    "encoder": None,
    "index": None,
    "threads": 0,
    "file_tags": True,
    "fields": [],
    "junk": [],
    "aliases": {},
    "number": 25,
    "per_artist": 3,
    "per_album": 4,
    "min_score": 0.2,
    "auto": True,
    "playlist": {
        "output": "extm3u",
        "relative_to": None,
        "forward_slash": False,
        "prefix": "",
        "urlencode": False,
        "uri_format": None,
        "dest_regen": False,
        "fields": [],
    },
}


@dataclass(frozen=True)
class Settings:
    """The section `melscribe:` of the config, every value of its right kind.

    Docs/config.md says what each does.
    """

    encoder: str | None
    index: Path | None
    threads: int | None
    file_tags: bool
    fields: tuple[str, ...]
    junk: tuple[str, ...]
    aliases: dict[str, str]
    number: int
    per_artist: int
    per_album: int
    min_score: float
    auto: bool
    playlist: Options


def read_settings(config: confuse.ConfigView) -> Settings:
    """Return the checked settings; raise UserError naming the key that is not in DEFAULTS.

    A value of the wrong kind raises confuse.ConfigError, which beets prints as one sentence with
    the key.
    """
    _refuse_unknown(config, DEFAULTS)
    return Settings(
        encoder=_text(config["encoder"]) or None,
        index=_path(config["index"]),
        threads=_at_least(config["threads"], 0) or None,
        file_tags=_yes_or_no(config["file_tags"]),
        fields=_strings(config["fields"]),
        junk=_strings(config["junk"], split=False),
        aliases=_pairs(config["aliases"]),
        number=_at_least(config["number"], 1),
        per_artist=_at_least(config["per_artist"], 0),
        per_album=_at_least(config["per_album"], 0),
        min_score=_share(config["min_score"]),
        auto=_yes_or_no(config["auto"]),
        playlist=_playlist(config["playlist"]),
    )


def folder(name: str) -> bytes:
    """Return the absolute path of a folder as a person names it."""
    return os.fsencode(os.path.abspath(os.path.expanduser(name)))


def _refuse_unknown(config: confuse.ConfigView, known: dict[str, Any]) -> None:
    """Confuse ignores unknown keys in silence.

    A misspelt key is a setting that somebody thinks is on.
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
                f"{config.name}.{key} in your config is no setting; there are {', '.join(known)}"
            )
        if known[key] and isinstance(known[key], dict):
            _refuse_unknown(config[key], known[key])


def _path(view: confuse.ConfigView) -> Path | None:
    value: str | None = view.get(confuse.Optional(confuse.Filename()))
    return None if value is None else Path(value)


def _at_least(view: confuse.ConfigView, least: int) -> int:
    value = view.get()
    if type(value) is not int:  # `yes` is an int for Python, and confuse cuts 2.7 down to 2
        raise confuse.ConfigTypeError(f"{view.name}: must be a whole number, not {value!r}")
    if value < least:
        raise confuse.ConfigValueError(f"{view.name}: must be {least} or more, not {value}")
    return value


def _share(view: confuse.ConfigView) -> float:
    value = view.get()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise confuse.ConfigTypeError(f"{view.name}: must be a number, not {value!r}")
    if not 0 <= value <= 1:
        raise confuse.ConfigValueError(f"{view.name}: must lie between 0 and 1, not {value}")
    return float(value)


def _yes_or_no(view: confuse.ConfigView) -> bool:
    value = view.get()
    if not isinstance(value, bool):
        raise confuse.ConfigTypeError(f"{view.name}: must be yes or no, not {value!r}")
    return value


def _text(view: confuse.ConfigView) -> str | None:
    value: str | None = view.get(confuse.Optional(confuse.String()))
    return value


def _strings(view: confuse.ConfigView, *, split: bool = True) -> tuple[str, ...]:
    if isinstance(view.get(), dict):  # confuse would take its keys
        raise confuse.ConfigTypeError(f"{view.name}: must be a list")
    return tuple(view.as_str_seq(split=split))


def _pairs(view: confuse.ConfigView) -> dict[str, str]:
    pairs: dict[str, str] = view.get(confuse.MappingValues(confuse.String()))
    for name in pairs:
        if not isinstance(name, str):
            raise confuse.ConfigTypeError(f"{view.name}: put {name!r} in quotes, it is no text")
    return pairs


def _playlist(view: confuse.ConfigView) -> Options:
    from melscribe_core.m3u import Options

    relative_to: str | None = view["relative_to"].get(confuse.Optional(confuse.Filename()))
    try:
        return Options(
            relative_to=None if relative_to is None else folder(relative_to),
            forward_slash=_yes_or_no(view["forward_slash"]),
            prefix=_text(view["prefix"]) or "",
            urlencode=_yes_or_no(view["urlencode"]),
            uri_format=_text(view["uri_format"]),
            dest_regen=_yes_or_no(view["dest_regen"]),
            output=_text(view["output"]) or "extm3u",
            fields=_strings(view["fields"]),
        )
    except PlaylistError as error:  # begins with the name of the option
        raise UserError(f"{view.name}.{error}") from error
