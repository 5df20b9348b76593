"""The stages of a run in their order: data -> pairs -> negatives -> labels -> tuned -> exported.

`STEPS` is the table: for each stage a function that returns, for a run and the stages before it, a
`Step`: what the fingerprint covers and the call that makes the folder. The work is in the wings.
To add a stage, write its function there and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from melscribe_core.descriptors.sets import load_rules
from melscribe_core.errors import MelScribeError

from .data.sources import Sources
from .devices import Device, chosen_device
from .export.release import export_stage
from .job import MODEL, Job, Say
from .recipes import Recipe
from .stages import Stage, fingerprint_of, run_stage
from .training.average import average_stage
from .training.fit import fit_stage
from .training.label import label_stage
from .training.mine import mine_stage
from .training.prepare import check_pairs, prepare_stage
from .training.teach import teach_stage

Done = Mapping[str, Stage]
"""The finished stages of a run by name."""


@dataclass(frozen=True)
class Step:
    """A stage of one run: parameters and inputs for the fingerprint, and what makes the folder.

    `inputs`: name -> fingerprint. With `together`, all processes of torchrun run `make`, and an
    interrupted one is resumed.
    """

    params: Mapping[str, Any]
    inputs: Mapping[str, str]
    make: Callable[[Job], Mapping[str, Any]]
    together: bool = False


@dataclass(frozen=True)
class Run:
    """One run of a recipe: its data, its folder of stages, its seed and device."""

    recipe: Recipe
    sources: Sources
    out: Path
    seed: int
    device: Device
    say: Say

    def until(self, last: str) -> list[Stage]:
        """Run the stages up to `last`, reusing equal ones; return those that the recipe has."""
        if self.recipe.fits < 1:
            raise MelScribeError(f"fits: {self.recipe.fits} runs make no model; write 1 or more.")
        chosen_device(self.device)  # a missing GPU is reported before the first stage
        done: dict[str, Stage] = {}
        for name in STAGES[: STAGES.index(last) + 1]:
            if step := STEPS[name](self, done):
                done[name] = self.make(name, step)
        return list(done.values())

    def make(self, name: str, step: Step) -> Stage:
        """Return the finished stage, made unless an equal one exists, and report its results."""
        stage = run_stage(
            self.out,
            name,
            {**step.params, "seed": self.seed},
            step.inputs,
            lambda folder: step.make(Job(folder, self.seed, self.device, self.say)),
            resumable=step.together,
            together=step.together,
        )
        took = "as it was" if stage.reused else f"{stage.manifest['seconds']} s"
        self.say(f"{name}: {stage.folder} ({took})")
        for what, value in stage.manifest["result"].items():
            self.say(f"  {what}: {value}")
        return stage


def _prepare(run: Run, done: Done) -> Step:
    options = run.recipe.prepare
    check_pairs(options)
    params = {**asdict(options), "rules": load_rules().fingerprint}
    inputs = run.sources.fingerprints()
    if options.tree:
        inputs["tree"] = fingerprint_of(options.tree)
    return Step(params, inputs, partial(prepare_stage, run.sources, options))


def _mine(run: Run, done: Done) -> Step | None:
    options, bf16 = run.recipe.mine, run.recipe.fit.bf16
    if not options.count:
        return None
    miners = options.miners or (run.recipe.base,)
    inputs = _fingerprints(done) | {f"miner {name}": fingerprint_of(name) for name in miners}
    make = partial(mine_stage, done["prepare"].folder, miners, options.count, bf16)
    return Step({**asdict(options), "bf16": bf16}, inputs, make)


def _teach(run: Run, done: Done) -> Step | None:
    options = run.recipe.teach
    if not (run.recipe.label.rows and options.epochs):
        return None
    inputs = _fingerprints(done) | {"base": fingerprint_of(options.base)}
    make = partial(teach_stage, done["prepare"].folder, _folder(done, "mine"), options)
    return Step(asdict(options), inputs, make, together=True)


def _label(run: Run, done: Done) -> Step | None:
    options, teaching = run.recipe.label, run.recipe.teach
    if not options.rows:
        return None
    if "mine" not in done:
        raise MelScribeError("label: there are no mined texts to judge; set mine.count.")
    teacher, inputs = teaching.base, _fingerprints(done)
    if "teach" in done:
        teacher = str(done["teach"].folder / MODEL)
    else:
        inputs["base"] = fingerprint_of(teacher)
    prepared, mined = done["prepare"].folder, done["mine"].folder
    make = partial(label_stage, teacher, prepared, mined, options, teaching)
    params = {**asdict(options), "max_length": teaching.max_length, "bf16": teaching.bf16}
    return Step(params, inputs, make)


def _fit(run: Run, done: Done) -> Step:
    labelled = ("teach", "label") if run.recipe.gpl_share else ()
    return _tuning(run, {name: stage for name, stage in done.items() if name not in labelled})


def _gpl(run: Run, done: Done) -> Step | None:
    if not run.recipe.gpl_share:
        return None
    if "label" not in done:
        raise MelScribeError("gpl: there are no margins to learn; set label.rows.")
    known = {name: stage for name, stage in done.items() if name != "fit"}
    return _tuning(replace(run, recipe=replace(run.recipe, fit=run.recipe.gpl)), known)


def _tuning(run: Run, done: Done) -> Step:
    """Return the step that tunes the base by the recipe's `fit` on what the stages made."""
    base, options = run.recipe.base, run.recipe.fit
    inputs = _fingerprints(done) | {"base": fingerprint_of(base)}
    if options.plain:
        inputs["plain"] = fingerprint_of(options.plain)
    mined, labels = _folder(done, "mine"), _folder(done, "label")
    make = partial(fit_stage, base, done["prepare"].folder, mined, labels, options)
    return Step(asdict(options), inputs, make, together=True)


def _average(run: Run, done: Done) -> Step | None:
    base, share, fits = run.recipe.base, run.recipe.average, _fits(run, done)
    gpl, gpl_share = done.get("gpl"), run.recipe.gpl_share
    if not share and len(fits) == 1 and not gpl:
        return None
    inputs = {f"fit{turn or ''}": fit.fingerprint for turn, fit in enumerate(fits)}
    inputs["base"] = fingerprint_of(base)
    tuned = {fit.folder / MODEL: (1 - gpl_share) / len(fits) for fit in fits}
    if gpl:
        inputs["gpl"] = gpl.fingerprint
        tuned[gpl.folder / MODEL] = gpl_share
    make = partial(average_stage, base, tuned, share, done["prepare"].folder)
    return Step({"share": share, "gpl_share": gpl_share}, inputs, make)


def _fits(run: Run, done: Done) -> list[Stage]:
    """Return the fit of the run's seed and, made here, those of the next seeds."""
    others = (replace(run, seed=run.seed + turn) for turn in range(1, run.recipe.fits))
    # The first fit is among the inputs of the others: without it their fingerprints would change.
    known = {name: stage for name, stage in done.items() if name != "gpl"}
    return [done["fit"], *(other.make("fit", _fit(other, known)) for other in others)]


def _export(run: Run, done: Done) -> Step:
    recipe, last = run.recipe, done.get("average", done["fit"])
    inputs = {"model": last.fingerprint, **run.sources.fingerprints()}
    name = Path(recipe.base).name + "-melscribe"
    tuned, prepared = last.folder / MODEL, done["prepare"].folder
    make = partial(export_stage, tuned, prepared, run.sources, name, recipe.words)
    return Step({"words": recipe.words}, inputs, make)


STEPS: Mapping[str, Callable[[Run, Done], Step | None]] = {
    "prepare": _prepare,
    "mine": _mine,
    "teach": _teach,
    "label": _label,
    "fit": _fit,
    "gpl": _gpl,
    "average": _average,
    "export": _export,
}
STAGES = tuple(STEPS)


def _fingerprints(done: Done) -> dict[str, str]:
    return {name: stage.fingerprint for name, stage in done.items()}


def _folder(done: Done, name: str) -> Path | None:
    return done[name].folder if name in done else None
