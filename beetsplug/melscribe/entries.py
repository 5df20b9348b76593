"""An entry under `playlists:` <-> the saved description that it stands for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import randrange
from typing import Any

import confuse
import yaml
from beets.ui import UserError

from beetsplug.melscribe import checking, library
from beetsplug.melscribe.asking import Asked
from beetsplug.melscribe.limits import ORDERS

Check = Callable[[confuse.ConfigView], Any]

_OPTIONS: dict[str, Check] = {
    "number": partial(checking.at_least, least=1),
    "time": checking.minutes,
    "order": partial(checking.one_of, words=ORDERS),
    "per_artist": partial(checking.at_least, least=0),
    "per_album": partial(checking.at_least, least=0),
    "min_score": checking.share,
    "literal": checking.yes_or_no,
    "lenient": checking.yes_or_no,
    "include_like": checking.yes_or_no,
}
_LISTS: dict[str, Check] = {
    key: partial(checking.strings, split=False)
    for key in ("query", "again", "more", "less", "like")
}
KEYS: dict[str, Check] = {
    "name": checking.text,
    "describe": checking.text,
    **_LISTS,
    **_OPTIONS,
    "seed": checking.whole_number,
    "shuffle": checking.yes_or_no,
}


@dataclass(frozen=True)
class Saved:
    """A saved description: the name of its playlist, what it asks, and which of equal lists.

    `shuffle` asks for another list at every update.
    """

    name: str
    asked: Asked
    seed: int | None = None
    shuffle: bool = False


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
        **{key: asked.option(key) for key in _OPTIONS},
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
    label = f"{place}[{entry['name']}]"
    for key in entry:
        if key not in KEYS:
            raise UserError(
                f"{label}.{key} is no setting of a playlist; there are {', '.join(KEYS)}"
            )
    view = confuse.RootView([confuse.ConfigSource({label: entry})])[label]
    given = {key: KEYS[key](view[key]) for key in entry}
    try:
        return _saved(given)
    except UserError as error:
        raise UserError(f"{label}: {error}") from error


def _saved(given: dict[str, Any]) -> Saved:
    """Return the saved description for checked values; raise UserError when it asks nothing."""
    asked = Asked(
        text=" ".join((given.get("describe") or "").split()),
        remarks=given.get("again", ()),
        terms=_terms(given.get("query", ())),
        more=given.get("more", ()),
        less=given.get("less", ()),
        like=given.get("like", ()),
        options={key: given[key] for key in _OPTIONS if key in given},
    )
    if not (asked.text or asked.like or asked.more):
        raise UserError("it asks for nothing; say after `describe:` what is to be heard")
    for terms in (asked.terms, *map(library.terms_of, asked.like)):
        library.parsed(terms)
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
        terms += [*([","] if terms else []), *library.terms_of(query)]
    return tuple(terms)
