"""Which genres are neighbours in a tree of genres: the one above and those beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from melscribe_core.descriptors.sets import text_of
from melscribe_core.errors import MelScribeError

Neighbours = Mapping[str, tuple[str, ...]]


def read_neighbours(path: str | Path) -> Neighbours:
    """Return, by genre, its parent and siblings, sorted; genres of the top level have none.

    The file is YAML in the form of beets' lastgenre (genres-tree.yaml): a list whose entries are a
    genre, or a genre with a list of those beneath it. Raises MelScribeError for anything else.
    """
    import yaml

    try:
        branches = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MelScribeError(
            f"prepare.tree: {path} cannot be read as YAML; give a genres-tree.yaml."
        ) from error
    if not isinstance(branches, list):
        raise MelScribeError(f"prepare.tree: {path} is no list of genres; give a genres-tree.yaml.")
    near: dict[str, set[str]] = {}
    for parent, children in _families(branches):
        for child in children:
            near.setdefault(child, set()).update({parent, *children} - {child})
    return {genre: tuple(sorted(names)) for genre, names in near.items()}


def _families(branches: list[Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each genre with those directly beneath it, all as descriptors."""
    for branch in branches:
        if isinstance(branch, dict):
            for name, twigs in branch.items():
                beneath = twigs if isinstance(twigs, list) else []
                yield _spelt(name), frozenset(map(_name_of, beneath))
                yield from _families(beneath)


def _name_of(branch: Any) -> str:
    return _spelt(next(iter(branch)) if isinstance(branch, dict) else branch)


def _spelt(name: object) -> str:
    return text_of([str(name)]) or str(name)
