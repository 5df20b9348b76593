"""`describe:"rainy day"` in any beets query, and the fields that go with it.

beets loads this module at every command, so it imports nothing heavy: a description is answered, by
beetsplug.melscribe.query_answer, only when a query is executed.

beets makes query objects one term at a time, and hands them neither the library nor each other. So
`QueryContext` holds what a term needs, `QueryTerms` gathers the terms of one query while beets
reads it (it asks the plugin for prefixes first: see `begin_query`), and the scores of the query
that was executed last stay in a context variable for `$describe_score`. Threads of the web plugin
each have their own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

from beets.dbcore import Model, types
from beets.dbcore.query import FieldQuery, InvalidQueryArgumentValueError, NumericQuery
from beets.library import Album, Item, Library
from beets.ui import UserError

if TYPE_CHECKING:
    from beetsplug.melscribe import MelScribePlugin
    from beetsplug.melscribe.query_answer import Descriptors, Fit

DIGITS = 3  # of a score, as shown and as compared with a single number

Entities: TypeAlias = type[Item] | type[Album]  # what a query is about
Clause: TypeAlias = tuple[str, tuple[str, ...]]


class QueryContext:
    """What the terms of a query need: the plugin's library, config and log."""

    def __init__(self, plugin: MelScribePlugin) -> None:
        self._plugin = plugin
        self._descriptors: tuple[Library, Descriptors] | None = None

    def queries(self, model: Entities) -> dict[str, Any]:
        """Return the named queries over tracks or albums, called as beets calls a query class."""
        return {
            "describe": partial(DescribeQuery, self, model),
            "describe_score": partial(ScoreQuery, model),
        }

    def fields(self) -> dict[str, Callable[[Item | Album], Any]]:
        """Return the computed fields, of tracks as well as of albums."""
        return {"describe_score": _score, "descriptors": self._descriptors_of}

    def fit(self, text: str, model: Entities, held: Fit | None) -> Fit:
        """Answer a description, unless `held` is the answer from the present library."""
        from beetsplug.melscribe.errors import refusals
        from beetsplug.melscribe.query_answer import answer_query
        from beetsplug.melscribe.settings import read_settings

        lib = self._plugin.lib
        if lib is None:
            raise UserError("describe: needs a library that a beets command has opened")
        with refusals(lib):
            if held is not None and held.is_present(lib):
                return held
            _freeze()
            settings = read_settings(self._plugin.config)
            say = partial(self._plugin._log.info, "{}")
            return answer_query(lib, settings, text, albums=model is Album, say=say)

    def _descriptors_of(self, entity: Item | Album) -> str:
        lib = self._plugin.lib
        if not entity.id or lib is None:
            return ""
        from beetsplug.melscribe.errors import refusals

        with refusals(lib):
            if self._descriptors is None or self._descriptors[0] is not lib:
                from beetsplug.melscribe.query_answer import Descriptors
                from beetsplug.melscribe.settings import read_settings

                self._descriptors = lib, Descriptors(lib, read_settings(self._plugin.config))
            _, descriptors = self._descriptors
            of = descriptors.of_album if isinstance(entity, Album) else descriptors.of_track
            return of(entity.id)


class QueryTerms:
    """The describe: terms of one beets query, at whatever depth, and what they found."""

    def __init__(self) -> None:
        self.terms: list[DescribeQuery] = []
        self.scores: Mapping[int, float] | None = None  # by id, once executed

    def execute(self) -> Mapping[int, float]:
        """Answer the terms; return, by id, the mean score over the terms that fit."""
        found: dict[int, list[float]] = {}
        for term in self.terms:
            for entity, score in term.answered().scores.items():
                found.setdefault(entity, []).append(score)
        self.scores = {entity: sum(of) / len(of) for entity, of in found.items()}
        if self.terms:
            set_scores(self.terms[0].model, self.scores)
        return self.scores


_current_query: ContextVar[QueryTerms] = ContextVar("current_query")
_last_scores: ContextVar[tuple[Entities, Mapping[int, float]]] = ContextVar("last_scores")


def set_scores(model: Entities, scores: Mapping[int, float]) -> None:
    """Make these scores, by id, the `$describe_score` of tracks or albums from now on."""
    _last_scores.set((model, scores))


@cache
def _freeze() -> None:
    """Exclude beets and its plugins, which stay loaded, from garbage collection."""
    gc.freeze()  # once: a server lives long


def begin_query() -> None:
    """Begin a query: the terms that beets makes from now on belong together."""
    _current_query.set(QueryTerms())


def _terms_of_current_query() -> QueryTerms:
    if _current_query.get(None) is None:  # a program that does not read queries as beets does
        begin_query()
    return _current_query.get()


class DescribeQuery(FieldQuery):
    """The tracks or albums that fit a description.

    A clause, so that beets neither walks the library nor cuts before it filters.
    """

    def __init__(
        self, context: QueryContext, model: Entities, field: str, pattern: str, fast: bool = True
    ) -> None:
        super().__init__(field, pattern, fast)
        if not pattern.strip():
            raise InvalidQueryArgumentValueError(pattern, "a description")
        self._context, self.model = context, model
        self._fit: Fit | None = None
        self._all_terms = _terms_of_current_query()
        self._all_terms.terms.append(self)

    @property
    def field_names(self) -> set[str]:
        """Return none: the clause needs no join with the other table."""
        return set()

    def answered(self) -> Fit:
        """Return what fits in the present library."""
        self._fit = self._context.fit(self.pattern, self.model, self._fit)
        return self._fit

    def clause(self) -> Clause:
        """Return SQL for the ids that fit."""
        self._all_terms.execute()
        return _among(self.model, self._fits())

    def match(self, obj: Model) -> bool:
        """Return whether one fits, as of when the query was executed."""
        return obj.id in self._fits()

    def _fits(self) -> Collection[int]:
        if self._fit is None:
            self._all_terms.execute()
        assert self._fit is not None
        return self._fit.scores.keys()


class ScoreQuery(NumericQuery):
    """The tracks or albums whose `describe_score` is in a range, 0 where no description fits."""

    def __init__(self, model: Entities, field: str, pattern: str, fast: bool = True) -> None:
        super().__init__(field, pattern, fast)
        self._model = model
        self._all_terms = _terms_of_current_query()

    @property
    def field_names(self) -> set[str]:
        """Return none: the clause needs no join with the other table."""
        return set()

    def clause(self) -> Clause:
        """Return SQL for the ids whose score is in the range."""
        scores = self._executed().items()
        if not self._holds(0.0):
            return _among(self._model, [entity for entity, score in scores if self._holds(score)])
        beyond = [entity for entity, score in scores if not self._holds(score)]
        clause, values = _among(self._model, beyond)
        return f"NOT ({clause})", values

    def match(self, obj: Model) -> bool:
        """Return whether its score is in the range."""
        scores = self._all_terms.scores
        if scores is None:
            scores = self._executed()
        return self._holds(scores.get(obj.id or 0, 0.0))

    def _executed(self) -> Mapping[int, float]:
        if not self._all_terms.terms:
            raise UserError(
                f"{self.field}:{self.pattern} is about a describe: term, and there is none in the"
                f' query; add one, such as describe:"rainy day"'
            )
        return self._all_terms.execute()

    def _holds(self, score: float) -> bool:
        if self.point is not None:
            return round(score, DIGITS) == self.point
        low, high = self.rangemin, self.rangemax
        return (low is None or low <= score) and (high is None or score <= high)


class Score(types.NullFloat):
    """A score, empty where no description was asked for."""

    def format(self, value: float | None) -> str:
        """Return the score as shown."""
        return "" if value is None else str(super().format(value))


TYPES = {"describe_score": Score(DIGITS)}


def _score(entity: Item | Album) -> float | None:
    """Return the score of a track or album in the query executed last, None before one was."""
    model, scores = _last_scores.get((None, {}))
    return scores.get(entity.id or 0, 0.0) if model is type(entity) else None


def _among(model: Entities, ids: Collection[int]) -> Clause:
    import json

    # One value however many ids: a statement may hold only so many, and only so much text.
    return f"{model._table}.id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(ids)),)
