"""`describe:"rainy day"` in any beets query, and the fields that go with it.

beets makes queries at every command, so this module is light: a description is answered, by
beetsplug.melscribe.query_answer, only when a query is carried out.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

from beets import plugins
from beets.dbcore import Model, types
from beets.dbcore.query import FieldQuery, InvalidQueryArgumentValueError, NumericQuery
from beets.library import Album, Item, Library
from beets.ui import UserError

if TYPE_CHECKING:
    from beetsplug.melscribe.query_answer import Fit
    from beetsplug.melscribe.telling import Teller

DIGITS = 3  # of a score, as shown and as compared with a single number

Entities: TypeAlias = type[Item] | type[Album]  # what a query is about
Clause: TypeAlias = tuple[str, tuple[str, ...]]


class Desk:
    """Where descriptions in queries are answered: the library in use, the config and the log."""

    def __init__(self, plugin: plugins.BeetsPlugin) -> None:
        self._plugin = plugin
        self._lib: Library | None = None
        self._teller: Teller | None = None

    def open(self, lib: Library) -> None:
        """Take this library as the one that queries are about."""
        self._lib, self._teller = lib, None

    def queries(self, model: Entities) -> dict[str, Any]:
        """Return the named queries over tracks or albums, called as beets calls a query class."""
        return {
            "describe": partial(DescribeQuery, self, model),
            "describe_score": partial(ScoreQuery, model),
        }

    def fields(self) -> dict[str, Callable[[Item | Album], Any]]:
        """Return the computed fields, of tracks as well as of albums."""
        return {"describe_score": _score, "descriptors": self._descriptors}

    def fit(self, text: str, model: Entities, held: Fit | None) -> Fit:
        """Answer a description, unless the answer that is held is that of the present library."""
        from beetsplug.melscribe.errors import refusals
        from beetsplug.melscribe.query_answer import fit
        from beetsplug.melscribe.settings import read_settings

        with refusals(self.lib):
            if held is not None and held.is_present(self.lib):
                return held
            _settle_down()
            settings = read_settings(self._plugin.config)
            say = partial(self._plugin._log.info, "{}")
            return fit(self.lib, settings, text, albums=model is Album, say=say)

    @property
    def lib(self) -> Library:
        """Return the library in use; raise UserError before one was opened."""
        if self._lib is None:
            raise UserError("describe: needs a library that a beets command has opened")
        return self._lib

    def _descriptors(self, entity: Item | Album) -> str:
        if not entity.id or self._lib is None:
            return ""
        from beetsplug.melscribe.errors import refusals

        with refusals(self._lib):
            if self._teller is None:
                from beetsplug.melscribe.settings import read_settings
                from beetsplug.melscribe.telling import Teller

                self._teller = Teller(self._lib, read_settings(self._plugin.config))
            of = self._teller.of_album if isinstance(entity, Album) else self._teller.of_track
            return of(entity.id)


class Asking:
    """The describe: terms of one beets query, wherever in it they stand."""

    def __init__(self) -> None:
        self.terms: list[DescribeQuery] = []
        self.scores: Mapping[int, float] | None = None  # by id, once carried out

    def carry_out(self) -> Mapping[int, float]:
        """Answer the terms where that is due; return, by id, the mean score over those that fit."""
        found: dict[int, list[float]] = {}
        for term in self.terms:
            for entity, score in term.answered().scores.items():
                found.setdefault(entity, []).append(score)
        self.scores = {entity: sum(of) / len(of) for entity, of in found.items()}
        if self.terms:
            tell_scores(self.terms[0].model, self.scores)
        return self.scores


# The query that beets is making, and the scores of the one that it carried out last, of which
# `$describe_score` tells. Threads of the web plugin each have their own.
_made: ContextVar[Asking] = ContextVar("made")
_told: ContextVar[tuple[Entities, Mapping[int, float]]] = ContextVar("told")


def tell_scores(model: Entities, scores: Mapping[int, float]) -> None:
    """Let `$describe_score` of tracks or albums tell these scores, by id, from now on."""
    _told.set((model, scores))


@cache
def _settle_down() -> None:
    """Spare beets and its plugins, which stay loaded, from the search for garbage."""
    gc.freeze()  # once: a server lives long


def begin_query() -> None:
    """Let the terms that beets makes from now on be those of one query."""
    _made.set(Asking())


def _present_query() -> Asking:
    asking = _made.get(None)
    if asking is None:  # made by a program that does not read queries as beets does
        begin_query()
    return _made.get()


class DescribeQuery(FieldQuery):
    """The tracks or albums that fit a description.

    A clause, so that beets neither walks the library nor cuts before it filters.
    """

    def __init__(
        self, desk: Desk, model: Entities, field: str, pattern: str, fast: bool = True
    ) -> None:
        super().__init__(field, pattern, fast)
        if not pattern.strip():
            raise InvalidQueryArgumentValueError(pattern, "a description")
        self._desk, self.model = desk, model
        self._fit: Fit | None = None
        self._asking = _present_query()
        self._asking.terms.append(self)

    @property
    def field_names(self) -> set[str]:
        """Return no name: the clause needs no join with the other table."""
        return set()

    def answered(self) -> Fit:
        """Return what fits in the present library."""
        self._fit = self._desk.fit(self.pattern, self.model, self._fit)
        return self._fit

    def clause(self) -> Clause:
        """Return SQL for the ids that fit."""
        self._asking.carry_out()
        return _among(self.model, self._fits())

    def match(self, obj: Model) -> bool:
        """Say whether one fits, as things stood when the query was carried out."""
        return obj.id in self._fits()

    def _fits(self) -> Collection[int]:
        if self._fit is None:
            self._asking.carry_out()
        assert self._fit is not None
        return self._fit.scores.keys()


class ScoreQuery(NumericQuery):
    """The tracks or albums whose `describe_score` lies in a range, 0 where no description fits."""

    def __init__(self, model: Entities, field: str, pattern: str, fast: bool = True) -> None:
        super().__init__(field, pattern, fast)
        self._model = model
        self._asking = _present_query()

    @property
    def field_names(self) -> set[str]:
        """Return no name: the clause needs no join with the other table."""
        return set()

    def clause(self) -> Clause:
        """Return SQL for the ids whose score lies in the range."""
        scores = self._carried_out().items()
        if not self._holds(0.0):
            return _among(self._model, [entity for entity, score in scores if self._holds(score)])
        beyond = [entity for entity, score in scores if not self._holds(score)]
        clause, values = _among(self._model, beyond)
        return f"NOT ({clause})", values

    def match(self, obj: Model) -> bool:
        """Say whether one's score lies in the range."""
        scores = self._asking.scores
        if scores is None:
            scores = self._carried_out()
        return self._holds(scores.get(obj.id or 0, 0.0))

    def _carried_out(self) -> Mapping[int, float]:
        if not self._asking.terms:
            raise UserError(
                f"{self.field}:{self.pattern} is about a describe: term, and there is none in the"
                f' query; add one, such as describe:"rainy day"'
            )
        return self._asking.carry_out()

    def _holds(self, score: float) -> bool:
        if self.point is not None:
            return round(score, DIGITS) == self.point
        low, high = self.rangemin, self.rangemax
        return (low is None or low <= score) and (high is None or score <= high)


class Score(types.NullFloat):
    """A score, empty where no description was asked for."""

    def __init__(self) -> None:
        super().__init__(DIGITS)

    def format(self, value: float | None) -> str:
        """Return the score as shown."""
        return "" if value is None else str(super().format(value))


TYPES = {"describe_score": Score()}


def _score(entity: Item | Album) -> float | None:
    """Return the score of a track or album in the query carried out last, None before one was."""
    model, scores = _told.get((None, {}))
    return scores.get(entity.id or 0, 0.0) if model is type(entity) else None


def _among(model: Entities, ids: Collection[int]) -> Clause:
    import json

    # One value however many ids: a statement may hold only so many, and only so much text.
    return f"{model._table}.id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(ids)),)
