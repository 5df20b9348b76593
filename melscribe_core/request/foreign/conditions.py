"""Conditions: what a rule in rules.txt may demand of the words around its match.

    starts, ends, alone     the match starts, ends or is a clause
    inside                  the match does not start the request
    after NAME              a word of the class NAME is right before the match, in its clause
    before NAME             a word of the class NAME is right behind the match
    near NAME               a word of the class NAME is anywhere in the request outside the match
    music                   the request has a word about music outside the match

"not" before one of these denies it; "or" between two of them takes either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from melscribe_core.request.foreign.glossing import Glossing
from melscribe_core.request.grammar.common import refers_to_music
from melscribe_core.request.grammar.nodes import Node
from melscribe_core.request.grammar.pattern import Guard
from melscribe_core.request.grammar.scene import Scene

_LONGEST_CLASS = 5  # tokens of an entry before a match

Slots = Callable[[str], Node]


def guard(conditions: Sequence[str], slots: Slots, glossing: Glossing) -> Guard:
    """Return a guard that all conditions must let pass.

    `slots` returns the node of a class of words; it is called when a request is read. Raises
    ValueError for a condition of another form.
    """
    guards = [_either(one, slots, glossing) for one in conditions]

    def holds(scene: Scene, start: int, end: int) -> bool:
        return all(one(scene, start, end) for one in guards)

    return holds


def _either(written: str, slots: Slots, glossing: Glossing) -> Guard:
    guards = [_one(part.strip(), slots, glossing) for part in written.split(" or ")]
    return lambda scene, start, end: any(one(scene, start, end) for one in guards)


def _one(written: str, slots: Slots, glossing: Glossing) -> Guard:
    bare = written.removeprefix("not ")
    found = _plain(bare, slots, glossing)
    if bare == written:
        return found
    return lambda scene, start, end: not found(scene, start, end)


def _plain(written: str, slots: Slots, glossing: Glossing) -> Guard:
    kind, _, name = written.partition(" ")
    if written == "starts":
        return lambda scene, start, end: scene.is_start(start)
    if written == "ends":
        return lambda scene, start, end: scene.is_end(end)
    if written == "alone":
        return lambda scene, start, end: scene.is_start(start) and scene.is_end(end)
    if written == "inside":
        return lambda scene, start, end: start > 0
    if written == "music":
        return lambda scene, start, end: _has_music(scene, start, end, glossing)
    if name and kind == "after":
        return lambda scene, start, end: _ends_at(scene, start, slots(name))
    if name and kind == "before":
        return lambda scene, start, end: bool(slots(name).walk(scene, end))
    if name and kind == "near":
        return lambda scene, start, end: _is_outside(scene, start, end, slots(name))
    raise ValueError(f"there is no condition {written!r}")


def _ends_at(scene: Scene, at: int, node: Node) -> bool:
    """Return whether a match of a class ends at a position, within its clause."""
    for first in range(at - 1, max(at - _LONGEST_CLASS, 0) - 1, -1):
        if scene.tokens[first].is_break:
            return False
        if any(end == at for end, _ in node.walk(scene, first)):
            return True
    return False


def _is_outside(scene: Scene, start: int, end: int, node: Node) -> bool:
    positions = (at for at in range(len(scene.tokens)) if not start <= at < end)
    return any(node.walk(scene, at) for at in positions)


def _has_music(scene: Scene, start: int, end: int, glossing: Glossing) -> bool:
    for at in range(len(scene.tokens)):
        if start <= at < end or not scene.tokens[at].is_word:
            continue
        if refers_to_music(scene.low(at)) or glossing.end(scene, at)[0]:
            return True
    return False
