"""The two recipes, every setting by its dotted name, and changes of a setting.

The options of a stage are a dataclass in the stage's module; a new field there is a new setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, get_type_hints

from melscribe_core.errors import MelScribeError

from .data.pairs import PairOptions
from .training.fit import FitOptions
from .training.label import LabelOptions
from .training.loss import LossOptions
from .training.mine import MineOptions
from .training.plan import PlanOptions
from .training.teach import TeachOptions


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a model, except the data and the seed."""

    base: str
    prepare: PairOptions = field(default_factory=PairOptions)
    mine: MineOptions = field(default_factory=MineOptions)
    teach: TeachOptions = field(default_factory=TeachOptions)
    label: LabelOptions = field(default_factory=LabelOptions)
    fit: FitOptions = field(default_factory=FitOptions)
    fits: int = 1  # runs of `fit`, each with the next seed, whose weights are averaged
    gpl: FitOptions = field(default_factory=FitOptions)  # another run, on the teacher's margins
    gpl_share: float = 0.0  # share of that run among the tuned ones; 0: the margins go to `fit`
    average: float = 0.0  # share of the base's weights in the average
    words: float = 20.0  # weight of shared words, see Calibration; from benchmarks.quality.fusion


PRESETS: Mapping[str, Recipe] = {
    # Epure et al. 2024 as its code computes: by dot product, even for its option "cos_sim".
    "paper": Recipe(
        base="sentence-transformers/msmarco-bert-base-dot-v5",
        mine=MineOptions(
            miners=(
                "sentence-transformers/msmarco-distilbert-base-v3",
                "sentence-transformers/msmarco-MiniLM-L-6-v3",
            ),
            count=30,
        ),
        teach=TeachOptions(epochs=1),
        label=LabelOptions(rows=560_000),
        fit=FitOptions(
            rows=PlanOptions(steps=140_000, batch=4, bucket=0),
            loss=LossOptions(similarity="dot", contrast=0, margin=1),
            lr=2e-5,
            warmup=1000,
            max_length=512,
            dropout=0.1,
        ),
    ),
    "melscribe": Recipe(
        base="sentence-transformers/all-MiniLM-L6-v2",
        prepare=PairOptions(keep=0.7, languages=("de", "es", "fr"), rendering=9000, rendered=6000),
        fit=FitOptions(rows=PlanOptions(epochs=4.0), dropout=0.1),
        fits=3,
        average=0.1,
        words=6.0,
    ),
}


def settings(recipe: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every setting's dotted name and value, such as ("fit.rows.batch", 192)."""
    assert is_dataclass(recipe)
    for one in fields(recipe):
        value = getattr(recipe, one.name)
        if is_dataclass(value):
            yield from settings(value, f"{prefix}{one.name}.")
        else:
            yield f"{prefix}{one.name}", value


def change(recipe: Recipe, changes: Iterable[str]) -> Recipe:
    """Return the recipe with changes such as "fit.lr=1e-4"; commas separate several miners.

    Raises MelScribeError for a name or value that is not valid.
    """
    known = dict(settings(recipe))
    for text in changes:
        name, sign, value = text.partition("=")
        if not sign or name not in known:
            close = ", ".join(n for n in known if n.split(".")[-1] in name or name in n)
            raise MelScribeError(
                f"--set {text}: there is no setting {name!r}; "
                f"write NAME=VALUE with a name of `melscribe-train settings`"
                + (f", such as {close}." if close else ".")
            )
        recipe = _with(recipe, name.split("."), text, value)
    return recipe


def _with(part: Any, names: list[str], text: str, value: str) -> Any:
    name, *rest = names
    if rest:
        return replace(part, **{name: _with(getattr(part, name), rest, text, value)})
    kind = get_type_hints(type(part))[name]
    return replace(part, **{name: _parsed(kind, text, value)})


def _parsed(kind: Any, text: str, value: str) -> Any:
    """Return the value converted to the type of a field."""
    options = getattr(kind, "__args__", ())
    try:
        if kind is bool:
            return {"true": True, "false": False}[value.lower()]
        if kind in (int, float, str):
            return kind(value)
        if kind == tuple[str, ...]:
            return tuple(part for part in value.split(",") if part)
        if value in options:
            return value
    except (KeyError, ValueError) as error:
        name = getattr(kind, "__name__", str(kind))
        raise MelScribeError(
            f"--set {text}: {value!r} is no {name}; write another value."
        ) from error
    raise MelScribeError(f"--set {text}: write one of {', '.join(options)}.")
