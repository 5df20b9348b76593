"""What the person's config says, checked when a command runs (never at start.

It would kill every command).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import confuse
from beets.ui import UserError

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


def read_settings(config: confuse.ConfigView) -> Settings:
    """Return the checked settings; raise UserError naming the key that is not in DEFAULTS.

    A value of the wrong kind raises confuse.ConfigError, which beets prints as one sentence with
    the key.
    """
    _refuse_unknown(config, DEFAULTS)
    return Settings(
        encoder=config["encoder"].get(confuse.Optional(confuse.String())),
        index=_path(config["index"]),
        threads=_at_least(config["threads"], 0) or None,
        file_tags=_yes_or_no(config["file_tags"]),
        fields=tuple(config["fields"].as_str_seq()),
        junk=tuple(config["junk"].as_str_seq(split=False)),
        aliases=config["aliases"].get(confuse.MappingValues(confuse.String())),
        number=_at_least(config["number"], 1),
        per_artist=_at_least(config["per_artist"], 0),
    )


def _refuse_unknown(config: confuse.ConfigView, known: dict[str, Any]) -> None:
    """Confuse ignores unknown keys in silence.

    A misspelt key is a setting that somebody thinks is on.
    """
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
    value: int = view.get(confuse.Integer())
    if value < least:
        raise confuse.ConfigValueError(f"{view.name}: must be {least} or more, not {value}")
    return value


def _yes_or_no(view: confuse.ConfigView) -> bool:
    value = view.get()
    if not isinstance(value, bool):
        raise confuse.ConfigTypeError(f"{view.name}: must be yes or no, not {value!r}")
    return value
