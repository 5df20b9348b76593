"""A value of the config -> the kind that it has to be, or one sentence with its key.

What is of the wrong kind raises confuse.ConfigError, which beets prints as a sentence.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import confuse
from beets.ui import UserError


def folder(name: str) -> bytes:
    """Return the absolute path of a folder as a person names it."""
    return os.fsencode(os.path.abspath(os.path.expanduser(name)))


def refuse_unknown(config: confuse.ConfigView, known: dict[str, Any]) -> None:
    """Raise UserError for what is no mapping or has a key that is not known, at any depth.

    confuse ignores unknown keys, and a misspelt key is a setting that somebody thinks is on.
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
            refuse_unknown(config[key], known[key])


def path(view: confuse.ConfigView) -> Path | None:
    """Return a path, relative to the folder of the config; None when it is not set."""
    value: str | None = view.get(confuse.Optional(confuse.Filename()))
    return None if value is None else Path(value)


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


def whole_number(view: confuse.ConfigView) -> int:
    """Return a whole number."""
    value = view.get()
    if type(value) is not int:  # `yes` is an int for Python, and confuse cuts 2.7 down to 2
        raise confuse.ConfigTypeError(f"{view.name}: must be a whole number, not {value!r}")
    return value


def minutes(view: confuse.ConfigView) -> float:
    """Return a number of minutes above 0."""
    value = _number(view)
    if not 0 < value < 1e6:
        raise confuse.ConfigValueError(f"{view.name}: must be minutes above 0, not {value}")
    return value


def share(view: confuse.ConfigView) -> float:
    """Return a number from 0 to 1."""
    value = _number(view)
    if not 0 <= value <= 1:
        raise confuse.ConfigValueError(f"{view.name}: must lie between 0 and 1, not {value}")
    return float(value)


def one_of(view: confuse.ConfigView, words: Iterable[str]) -> str:
    """Return one of these words."""
    value = view.get()
    if value not in words:
        raise confuse.ConfigValueError(
            f"{view.name}: must be one of {', '.join(words)}, not {value!r}"
        )
    return str(value)


def yes_or_no(view: confuse.ConfigView) -> bool:
    """Return yes or no."""
    value = view.get()
    if not isinstance(value, bool):
        raise confuse.ConfigTypeError(f"{view.name}: must be yes or no, not {value!r}")
    return value


def text(view: confuse.ConfigView) -> str | None:
    """Return a text, None when it is not set."""
    value: str | None = view.get(confuse.Optional(confuse.String()))
    return value


def strings(view: confuse.ConfigView, *, split: bool = True) -> tuple[str, ...]:
    """Return a list of texts; a single text stands for its words, or without `split` for itself."""
    if isinstance(view.get(), dict):  # confuse would take its keys
        raise confuse.ConfigTypeError(f"{view.name}: must be a list")
    return tuple(view.as_str_seq(split=split))


def queries(view: confuse.ConfigView) -> tuple[str, ...]:
    """Return beets queries: a text that is one, or a list of them; empty ones are none."""
    return tuple(query for query in strings(view, split=False) if query.strip())


def entries(view: confuse.ConfigView) -> tuple[object, ...]:
    """Return a list of whatever stands in it."""
    value = view.get()
    if not isinstance(value, list):
        raise confuse.ConfigTypeError(f"{view.name}: must be a list, not {type(value).__name__}")
    return tuple(value)


def pairs(view: confuse.ConfigView) -> dict[str, str]:
    """Return texts by texts."""
    found: dict[str, str] = view.get(confuse.MappingValues(confuse.String()))
    for name in found:
        if not isinstance(name, str):
            raise confuse.ConfigTypeError(f"{view.name}: put {name!r} in quotes, it is no text")
    return found


def _number(view: confuse.ConfigView) -> float:
    value = view.get()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise confuse.ConfigTypeError(f"{view.name}: must be a number, not {value!r}")
    return value
