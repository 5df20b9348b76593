"""The command line -> what was asked, in the person's words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from beets.ui import UserError

from beetsplug.melscribe import library, screen
from melscribe_core.request.refinement import Intent, understand
from melscribe_core.request.request import Context, Request, asks_nothing, parse
from melscribe_core.search.slips import Slip
from melscribe_core.search.words import content_words

Mend: TypeAlias = Callable[[str], tuple[str, tuple[Slip, ...]]]

_FIELD = re.compile(r"[^\W\d][\w-]*:\S")

# Options that --again keeps from the last request, unless they are given anew; and their kinds.
KEPT: dict[str, tuple[type, ...]] = {
    "number": (int,),
    "time": (float,),
    "per_artist": (int,),
    "per_album": (int,),
    "order": (str,),
    "min_score": (float,),
    "literal": (bool,),
    "lenient": (bool,),
    "include_like": (bool,),
}


@dataclass(frozen=True)
class Asked:
    """What was asked: the description, the remarks after it, the query terms, and the options."""

    text: str = ""
    remarks: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def option(self, name: str) -> Any:
        """Return an option, None when it was not given."""
        return self.options.get(name)


def asked_by(opts: Any, args: Sequence[str]) -> Asked:
    """Return what the command line asks."""
    described, terms = split_words(args)
    given = {name: value for name in KEPT if (value := getattr(opts, name)) is not None}
    return Asked(
        text=_legible(" ".join(described)),
        terms=tuple(terms),
        more=tuple(filter(None, map(_legible, opts.more or ()))),
        less=tuple(filter(None, map(_legible, opts.less or ()))),
        like=tuple(query for query in opts.like or () if query.strip()),
        options=given,
    )


def asked_in_words(text: str) -> Asked:
    """Return what a description asks that comes alone, without options and query terms."""
    return Asked(text=_legible(text))


def intent_of(asked: Asked, context: Context, mend: Mend) -> tuple[Intent, tuple[Slip, ...]]:
    """Read the words, and return with them the slips that were mended.

    `mend` gives a text without its slips, and these. Raises UserError when the words say nothing.
    """
    literal = bool(asked.option("literal"))
    slips: dict[Slip, None] = {}

    def mended(text: str) -> str:
        fixed, found = (text, ()) if literal else mend(text)
        slips.update(dict.fromkeys(found))
        return fixed

    def read(text: str) -> Request:
        return Request(text=text, about=text) if literal else parse(text, context=context)

    intent = understand(
        mended(asked.text),
        read,
        refinements=[*map(mended, asked.remarks)],
        more=[*map(mended, asked.more)],
        less=[*map(mended, asked.less)],
    )
    intent = replace(intent, request=replace(intent.request, text=asked.text))
    _refuse_nothing(asked, intent)
    return intent, tuple(slips)


def refuse_silence(asked: Asked) -> None:
    """Raise UserError when nothing was said at all."""
    if not (asked.text or asked.like or asked.more):
        raise UserError(
            'describe what you want to hear, such as: beet describe "melancholic acoustic pop"'
        )


def split_words(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split arguments into the words of the description and the beets query terms behind them.

    Without `--` the first thing that looks like a query term begins the query. A `--` in front ends
    the options, as everywhere.
    """
    if args and args[0] == "--":
        return split_words(args[1:])
    if "--" in args:
        at = args.index("--")
        return list(args[:at]), list(args[at + 1 :])
    at = next((i for i, arg in enumerate(args) if _is_term(arg)), len(args))
    return list(args[:at]), list(args[at:])


def _legible(said: str) -> str:
    """Return the words with single spaces, without NUL and without bytes that are no UTF-8."""
    return " ".join(said.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").split())


def _is_term(arg: str) -> bool:
    """Say whether an argument reads as a beets query term.

    `field:value`, `^term`, `,`, a sort, or a path. "3:00", "re:" and "sad: very sad" are words.
    """
    is_path = arg.startswith((os.sep, "~/", "./", "../"))
    named = _FIELD.match(arg) is not None
    return named or is_path or arg == "," or arg.startswith("^") or library.is_sort(arg)


def _refuse_nothing(asked: Asked, intent: Intent) -> None:
    request = intent.request
    if asks_nothing(request):
        asking = screen.clean(" / ".join((asked.text, *asked.remarks))[:60])
        raise UserError(
            f'"{asking}" leaves nothing to play; say what you want to hear, such as:'
            ' beet describe "jazz, no vocals"'
        )
    said = request.as_dict().keys() - {"text", "about"}
    if not (said or asked.like or content_words(" ".join((request.about, *intent.more)))):
        raise UserError(
            f'"{screen.clean(asked.text[:60])}" has no word that could be searched for;'
            " name a mood, a genre or a sound"
        )
