"""What `beet describe` is to do, by its options: answer, or see to saved descriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from beets.library import Library
from beets.ui import UserError

from beetsplug.melscribe.asking import KEPT
from beetsplug.melscribe.describing import describe
from beetsplug.melscribe.playlists import OPTIONS
from beetsplug.melscribe.settings import Settings

Run = Callable[[Library, Settings, Any, Sequence[str]], None]

# What may stand beside the option of a mode.
_BESIDE = {
    "save": {*KEPT, "again", "more", "less", "like", "seed", "shuffle"},
    "saved": set[str](),
    "forget": set[str](),
    "update": {"pretend", "playlist_dir", *OPTIONS},
}
# What prints, the options that would print otherwise, and why they cannot both be heard.
_APART = {
    "json": ({"play", "path", "format"}, "prints one object and nothing else"),
    "path": ({"format"}, "prints paths and nothing else"),
    "explain": ({"path", "format"}, "says why beneath each track of the list"),
}
# What says nothing alone: the options that it needs one of, and how the sentence goes on.
_NEEDS = {
    "pretend": ({"update"}, "shows what --update would do; add --update"),
    "playlist_dir": ({"update"}, "is where --update writes; -m FILE says itself where"),
    "args": ({"play"}, "is for the player; add --play"),
    "yes": ({"play"}, "is for the player; add --play"),
    **{
        name: ({"playlist", "update"}, "shapes a playlist file; name the file with -m FILE")
        for name in OPTIONS
    },
}


def run(lib: Library, settings: Settings, opts: Any, args: Sequence[str]) -> None:
    """Run `beet describe`."""
    given = [name for name, value in vars(opts).items() if value is not None]
    refuse_stray(given)
    mode = next((name for name in _BESIDE if name in given), None)
    (_doer(mode) if mode else describe)(lib, settings, opts, args)


def refuse_stray(given: Sequence[str]) -> None:
    """Raise UserError for options that do not go together, or that need another one."""
    for mode, others in _BESIDE.items():
        stray = [name for name in given if mode in given and name not in (mode, *others)]
        if stray:
            raise UserError(f"--{mode} and {_option(stray[0])} do not go together")
    for name, (needed, hint) in _NEEDS.items():
        if name in given and not needed & set(given):
            raise UserError(f"{_option(name)} {hint}")
    for name, (apart, why) in _APART.items():
        stray = [other for other in given if name in given and other in apart]
        if stray:
            raise UserError(f"{_option(name)} {why}; leave out {_option(stray[0])}")


def _doer(mode: str) -> Run:
    """Return what does a mode; imported when it is wanted, since most requests want none."""
    if mode == "update":
        from beetsplug.melscribe.updating import update

        return update
    from beetsplug.melscribe.saving import forget, save, show_saved

    return {"save": save, "saved": show_saved, "forget": forget}[mode]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
