"""A tree of genres -> the neighbours of each genre: its parent and its siblings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from melscribe_core.descriptors.sets import text_of
from melscribe_core.errors import MelScribeError

NeighbouringGenres = Mapping[str, tuple[str, ...]]


def read_neighbours(path: str | Path) -> NeighbouringGenres:
    """Return genre -> parent and siblings, sorted; genres of the top level are left out.

    The file is YAML in the format of beets' lastgenre (genres-tree.yaml): a list of genres, and of
    genres that map to the list of their children. Raises MelScribeError for any other file.
    """
    import yaml

    try:
        branches = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MelScribeError(
            f"prepare.tree: {path} cannot be read as YAML; give a genres-tree.yaml."
        ) from error
    if not isinstance(branches, list):
        raise MelScribeError(
            f"prepare.tree: {path} is not a list of genres; give a genres-tree.yaml."
        )
    near: dict[str, set[str]] = {}
    for parent, children in _families(branches):
        for child in children:
            near.setdefault(child, set()).update({parent, *children} - {child})
    return {genre: tuple(sorted(names)) for genre, names in near.items()}


def _families(branches: list[Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each genre with its children, all as descriptors."""
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
