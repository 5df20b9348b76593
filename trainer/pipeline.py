"""The stages in their order: data -> pairs -> negatives -> labels -> tuned -> shipped model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.descriptors.sets import load_rules
from melscribe_core.encoder.calibration import write_calibration
from melscribe_core.encoder.encoder import load_encoder, usable_cores
from melscribe_core.encoder.sentence_encoder import model_folder, open_model
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import (
    Beir,
    Dataset,
    of_beir,
    read_any,
    read_beir,
    read_lp_musiccaps,
    read_musiccaps,
    read_requests,
)
from melscribe_trainer.data.pairs import PairOptions, Pairs, make_pairs, read_pairs, write_pairs
from melscribe_trainer.devices import Device, Say, chosen_device, encode_with
from melscribe_trainer.evaluation.calibrate import calibrate
from melscribe_trainer.evaluation.dev import dev_tests, measure, read_tests, write_tests
from melscribe_trainer.evaluation.sets import are_requests
from melscribe_trainer.export.export import export
from melscribe_trainer.recipes import Recipe
from melscribe_trainer.stages import Stage, fingerprint_of, run_stage
from melscribe_trainer.training.batches import read_labels, write_labels
from melscribe_trainer.training.fit import LOG, MODEL, FitData, average, fit
from melscribe_trainer.training.negatives import (
    Mined,
    answers_of,
    join,
    mine,
    read_negatives,
    report,
    write_negatives,
)
from melscribe_trainer.training.plot import plot_log
from melscribe_trainer.training.teacher import label, teach

STAGES = ("prepare", "mine", "teach", "label", "fit", "average", "export")
TESTS = "dev"  # folder of the dev sets, each a BEIR folder
TEACHER = "teacher"  # folder of what only the teacher learns from
PLOT = "plot.png"
MOST_LOST = 0.5  # points that the export may cost, averaged over the dev queries

Done = Mapping[str, Stage]


@dataclass(frozen=True)
class Sources:
    """The data of a run: files, folders or hub names, by what they hold."""

    musiccaps: tuple[str, ...] = ()
    lp_musiccaps: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    beir: tuple[str, ...] = ()
    teacher_data: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()

    def read(self) -> list[Dataset]:
        """Read what the bi-encoder is trained on."""
        if not (self.musiccaps or self.lp_musiccaps or self.requests or self.beir):
            raise MelScribeError(
                "prepare: there is no data; give --musiccaps, --lp-musiccaps, --requests or --beir."
            )
        return [
            *map(read_musiccaps, self.musiccaps),
            *map(read_lp_musiccaps, self.lp_musiccaps),
            *map(read_requests, self.requests),
            *(of_beir(read_beir(source, split="train")) for source in self.beir),
        ]

    def tests(self, train: Sequence[Dataset]) -> list[Beir]:
        """Return the dev sets: BEIR folders as they are, and what is made of other data."""
        folders = [source for source in self.dev if _is_beir(source)]
        return [*map(read_beir, folders), *dev_tests(self.dev_data(), train)]

    def dev_data(self) -> list[Dataset]:
        """Return the dev data of which sets are made: all but the BEIR folders."""
        return [read_any(source) for source in self.dev if not _is_beir(source)]

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of every file, by what it holds and its turn."""
        return {
            f"{kind} {turn}": fingerprint_of(source)
            for kind, sources in asdict(self).items()
            for turn, source in enumerate(sources)
        }


@dataclass(frozen=True)
class Run:
    """One run of a recipe: on what, where, with which seed."""

    recipe: Recipe
    sources: Sources
    out: Path
    seed: int
    device: Device
    say: Say

    def until(self, last: str) -> list[Stage]:
        """Run the stages up to `last`, reusing the equal ones; return those that the recipe has."""
        if self.recipe.fits < 1:
            raise MelScribeError(f"fits: {self.recipe.fits} runs make no model; write 1 or more.")
        chosen_device(self.device)  # a GPU that is not there is told before the first stage
        done: dict[str, Stage] = {}
        steps: Mapping[str, Callable[[Done], Stage | None]] = {
            "prepare": self._prepare,
            "mine": self._mine,
            "teach": self._teach,
            "label": self._label,
            "fit": self._fit,
            "average": self._average,
            "export": self._export,
        }
        for name in STAGES[: STAGES.index(last) + 1]:
            if stage := steps[name](done):
                done[name] = self._told(name, stage)
        return list(done.values())

    def _told(self, name: str, stage: Stage) -> Stage:
        """Say what a stage made, and return it."""
        self.say(f"{name}: {stage.folder}{' (as it was)' if stage.reused else ''}")
        for what, value in stage.manifest["result"].items():
            self.say(f"  {what}: {value}")
        return stage

    def _stage(
        self,
        name: str,
        params: Mapping[str, Any],
        inputs: Mapping[str, str],
        make: Callable[[Path], Mapping[str, Any]],
        *,
        together: bool = False,
    ) -> Stage:
        params = {**params, "seed": self.seed}
        return run_stage(
            self.out, name, params, inputs, make, resumable=together, together=together
        )

    def _prepare(self, done: Done) -> Stage:
        options = self.recipe.prepare
        check_pairs(options)
        params = {**asdict(options), "rules": load_rules().fingerprint}
        inputs = self.sources.fingerprints()
        if options.tree:
            inputs["tree"] = fingerprint_of(options.tree)

        def make(folder: Path) -> dict[str, Any]:
            train = self.sources.read()
            rng = np.random.default_rng(self.seed)
            pairs = make_pairs(train, options, rng)
            write_pairs(pairs, folder)
            found: dict[str, Any] = _counts(pairs)
            if self.sources.teacher_data:
                taught = make_pairs(map(read_any, self.sources.teacher_data), options, rng)
                (folder / TEACHER).mkdir()
                write_pairs(taught, folder / TEACHER)
                found |= {f"teacher: {what}": n for what, n in _counts(taught).items()}
            tests = self.sources.tests(train)
            write_tests(tests, folder / TESTS)
            return found | {f"dev queries, {test.name}": len(test.queries) for test in tests}

        return self._stage("prepare", params, inputs, make)

    def _mine(self, done: Done) -> Stage | None:
        options = self.recipe.mine
        if not options.count:
            return None
        miners = options.miners or (self.recipe.base,)
        inputs = {"prepare": done["prepare"].fingerprint}
        inputs |= {f"miner {name}": fingerprint_of(name) for name in miners}
        prepared = done["prepare"].folder

        def make(folder: Path) -> dict[str, Any]:
            found: dict[str, Any] = self._mine_for(prepared, miners, folder)
            if (prepared / TEACHER).is_dir():
                (folder / TEACHER).mkdir()
                rows = self._mine_for(prepared / TEACHER, miners, folder / TEACHER)
                found |= {f"teacher: {miner}": row for miner, row in rows.items()}
            return found

        params = {**asdict(options), "bf16": self.recipe.fit.bf16}
        return self._stage("mine", params, inputs, make)

    def _mine_for(
        self, prepared: Path, miners: Sequence[str], folder: Path
    ) -> dict[str, dict[str, float]]:
        pairs = read_pairs(prepared)
        answers = answers_of(pairs)
        found: list[Mined] = []
        for name in miners:
            self.say(f"{name} ranks {len(pairs.corpus)} texts for {len(pairs.queries)} queries")
            model = open_model(model_folder(name), usable_cores(), chosen_device(self.device))
            encode = encode_with(model, self.recipe.fit.bf16)
            queries = encode([query.text for query in pairs.queries])
            texts = encode(list(pairs.corpus))
            found.append(mine(name, queries, texts, answers, self.recipe.mine.count))
        write_negatives(join(found), folder)
        return report(found)

    def _teach(self, done: Done) -> Stage | None:
        options = self.recipe.teach
        if not (self.recipe.label.rows and options.epochs):
            return None
        inputs = _fingerprints(done) | {"base": fingerprint_of(options.base)}
        prepared = done["prepare"].folder
        part = TEACHER if (prepared / TEACHER).is_dir() else ""

        def make(folder: Path) -> dict[str, Any]:
            pairs = read_pairs(prepared / part)
            mined = read_negatives(done["mine"].folder / part) if "mine" in done else None
            tests = read_tests(prepared / TESTS)
            device = chosen_device(self.device)
            return teach(pairs, mined, tests, options, folder, self.seed, device, self.say)

        return self._stage("teach", asdict(options), inputs, make, together=True)

    def _label(self, done: Done) -> Stage | None:
        options, teaching = self.recipe.label, self.recipe.teach
        if not options.rows:
            return None
        if "mine" not in done:
            raise MelScribeError("label: there are no mined texts to judge; set mine.count.")
        taught = "teach" in done
        teacher = str(done["teach"].folder / MODEL) if taught else teaching.base
        inputs = _fingerprints(done) | ({} if taught else {"base": fingerprint_of(teacher)})

        def make(folder: Path) -> dict[str, Any]:
            pairs = read_pairs(done["prepare"].folder)
            mined = read_negatives(done["mine"].folder)
            rng = np.random.default_rng(self.seed)
            device = chosen_device(self.device)
            rows = label(teacher, pairs, mined, options, teaching, rng, device)
            write_labels(rows, folder)
            return _margins(rows.margins)

        params = {**asdict(options), "max_length": teaching.max_length, "bf16": teaching.bf16}
        return self._stage("label", params, inputs, make)

    def _fit(self, done: Done) -> Stage:
        options = self.recipe.fit
        inputs = _fingerprints(done) | {"base": fingerprint_of(self.recipe.base)}
        if options.plain:
            inputs["plain"] = fingerprint_of(options.plain)

        def make(folder: Path) -> dict[str, Any]:
            prepared = done["prepare"].folder
            data = FitData(
                read_pairs(prepared),
                read_tests(prepared / TESTS),
                read_negatives(done["mine"].folder) if "mine" in done else None,
                read_labels(done["label"].folder) if "label" in done else None,
            )
            found = fit(self.recipe.base, data, options, folder, self.seed, self.device, self.say)
            plot_log(folder / LOG, folder / PLOT)
            return found

        return self._stage("fit", asdict(options), inputs, make, together=True)

    def _average(self, done: Done) -> Stage | None:
        share, fits = self.recipe.average, self._fits(done)
        if not share and len(fits) == 1:
            return None
        inputs = {f"fit{turn or ''}": one.fingerprint for turn, one in enumerate(fits)}
        inputs["base"] = fingerprint_of(self.recipe.base)

        def make(folder: Path) -> dict[str, Any]:
            tuned = [one.folder / MODEL for one in fits]
            average(self.recipe.base, tuned, share, folder / MODEL)
            tests = read_tests(done["prepare"].folder / TESTS)
            return self._measured(folder / MODEL, tests)

        return self._stage("average", {"share": share}, inputs, make)

    def _fits(self, done: Done) -> list[Stage]:
        """Return the fit and those of the seeds that follow, as many as the recipe has."""
        others = (replace(self, seed=self.seed + turn) for turn in range(1, self.recipe.fits))
        return [done["fit"], *(self._told("fit", other._fit(done)) for other in others)]

    def _export(self, done: Done) -> Stage:
        last = done.get("average", done["fit"])
        prepared = done["prepare"].folder

        def make(folder: Path) -> dict[str, Any]:
            pairs = read_pairs(prepared)
            texts = [*pairs.corpus, *(query.text for query in pairs.queries)]
            name = Path(self.recipe.base).name + "-melscribe"
            made = export(str(last.folder / MODEL), folder / MODEL, texts, name=name)
            tests = read_tests(prepared / TESTS)
            shipped = measure(load_encoder(str(folder / MODEL)).encode, tests)
            queries = [len(test.queries) for test in tests]
            lost = check_loss(self._measured(last.folder / MODEL, tests), shipped, queries)
            said = {"mean cosine to the model": round(made.mean_cosine, 5), "points lost": lost}
            return said | shipped | self._calibrated(folder / MODEL)

        inputs = {"model": last.fingerprint, **self.sources.fingerprints()}
        return self._stage("export", {"words": self.recipe.words}, inputs, make)

    def _calibrated(self, model: Path) -> dict[str, Any]:
        """Calibrate an exported model on the dev requests; return what there is to say of it."""
        dev = [one for one in self.sources.dev_data() if are_requests(one)]
        if not dev:
            return {"calibration": "none, as --dev holds no requests"}
        among = [one for one in self.sources.read() if are_requests(one)]
        fitted = calibrate(load_encoder(str(model)), self.recipe.words, dev, among)
        write_calibration(fitted.calibration, model)
        said = {"requests": fitted.requests, "tracks": fitted.tracks, "error": fitted.error}
        return {f"calibration, {what}": value for what, value in said.items()}

    def _measured(self, model: Path, tests: Sequence[Any]) -> dict[str, float]:
        """Return the dev measures of a model, in full precision."""
        if not tests:
            return {}
        opened = open_model(model, usable_cores(), chosen_device(self.device))
        return measure(encode_with(opened, False), tests)


def _is_beir(source: str) -> bool:
    return (Path(source) / "corpus.jsonl").is_file()


def check_loss(
    before: Mapping[str, float], after: Mapping[str, float], queries: Sequence[int]
) -> float:
    """Return by how many points the measures fell, averaged over all queries of the dev sets.

    `queries`: how many each measure stands for. Raises MelScribeError for more than MOST_LOST.
    """
    lost = [(before[name] - after[name]) * n for name, n in zip(before, queries, strict=True)]
    mean = sum(lost) / max(sum(queries), 1)
    if mean > MOST_LOST:
        raise MelScribeError(
            f"export: 8 bits cost {mean:.2f} points on the dev sets, more than {MOST_LOST}; "
            "the tuned model is kept, try another seed or a larger average."
        )
    return round(mean, 2)


def check_pairs(options: PairOptions) -> None:
    """Refuse neighbours without their tree, and a tree that nothing asks."""
    if bool(options.near) != bool(options.tree):
        raise MelScribeError("prepare: near and tree belong together; set both or neither.")


def _counts(pairs: Pairs) -> dict[str, int]:
    dropped = {f"dropped, {reason}": n for reason, n in pairs.dropped.items()}
    return {"queries": len(pairs.queries), "texts": len(pairs.corpus), **dropped}


def _fingerprints(done: Done) -> dict[str, str]:
    return {name: stage.fingerprint for name, stage in done.items()}


def _margins(margins: Any) -> dict[str, Any]:
    """Return how many margins there are and how they spread."""
    known = margins[~np.isnan(margins)]
    if not known.size:
        raise MelScribeError("label: no query has a mined text to judge; raise mine.count.")
    spread = {f"q{q:02d}": round(float(np.percentile(known, q)), 3) for q in (5, 25, 50, 75, 95)}
    return {
        "margins": int(known.size),
        "negatives missing": int(margins.size - known.size),
    } | spread
