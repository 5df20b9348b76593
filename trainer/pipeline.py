"""The stages in their order: data -> pairs -> negatives -> tuned model -> average -> export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melscribe_core.descriptors import load_rules
from melscribe_core.encoder import usable_cores
from melscribe_core.errors import MelScribeError
from melscribe_core.sentence_encoder import model_folder, open_model

from .datasets import (
    Beir,
    Dataset,
    read_any,
    read_beir,
    read_lp_musiccaps,
    read_musiccaps,
    read_requests,
    write_beir,
)
from .fit import MODEL, Device, FitData, Say, average, chosen_device, encode_with, fit
from .negatives import (
    Mined,
    answers_of,
    join,
    mine,
    read_negatives,
    report,
    write_negatives,
)
from .pairs import dev_sets, make_pairs, read_pairs, write_pairs
from .presets import Recipe
from .stages import Stage, fingerprint_of, run_stage

STAGES = ("prepare", "mine", "teach", "label", "fit", "average", "export")
TESTS = "dev"  # folder of the dev sets, each a BEIR folder


@dataclass(frozen=True)
class Sources:
    """The data of a run: files, folders or hub names, by what they hold."""

    musiccaps: tuple[str, ...] = ()
    lp_musiccaps: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()

    def read(self) -> list[Dataset]:
        """Read what is trained on."""
        if not (self.musiccaps or self.lp_musiccaps or self.requests):
            raise MelScribeError(
                "prepare: there is no data; give --musiccaps, --lp-musiccaps or --requests."
            )
        return [
            *map(read_musiccaps, self.musiccaps),
            *map(read_lp_musiccaps, self.lp_musiccaps),
            *map(read_requests, self.requests),
        ]

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of every file, by what it holds and its turn."""
        return {
            f"{kind} {turn}": fingerprint_of(source)
            for kind, sources in asdict(self).items()
            for turn, source in enumerate(sources)
        }


@dataclass(frozen=True)
class Run:
    """One run of the recipe: where, on what, with which seed."""

    recipe: Recipe
    sources: Sources
    out: Path
    seed: int
    device: Device
    say: Say

    def until(self, last: str) -> list[Stage]:
        """Run the stages up to `last`, reusing the equal ones; return those that were needed."""
        done: dict[str, Stage] = {}
        steps: Mapping[str, Callable[[Mapping[str, Stage]], Stage | None]] = {
            "prepare": self._prepare,
            "mine": self._mine,
            "fit": self._fit,
            "average": self._average,
        }
        for name in STAGES[: STAGES.index(last) + 1]:
            stage = steps[name](done) if name in steps else None
            if stage:
                done[name] = stage
                self.say(f"{name}: {stage.folder}{' (as it was)' if stage.reused else ''}")
        return list(done.values())

    def _stage(
        self,
        name: str,
        params: Mapping[str, Any],
        inputs: Mapping[str, str],
        make: Callable[[Path], Mapping[str, Any]],
        *,
        resumable: bool = False,
    ) -> Stage:
        stage = run_stage(
            self.out, name, {**params, "seed": self.seed}, inputs, make, resumable=resumable
        )
        for what, value in stage.manifest["result"].items():
            self.say(f"  {what}: {value}")
        return stage

    def _prepare(self, done: Mapping[str, Stage]) -> Stage:
        params = {**asdict(self.recipe.prepare), "rules": load_rules().fingerprint}
        return self._stage("prepare", params, self.sources.fingerprints(), self._make_pairs)

    def _make_pairs(self, folder: Path) -> Mapping[str, Any]:
        train = self.sources.read()
        rng = np.random.default_rng(self.seed)
        pairs = make_pairs(train, self.recipe.prepare, rng)
        write_pairs(pairs, folder)
        dev = [read_any(source) for source in self.sources.dev]
        tests = dev_sets(dev, train, rng)
        for test in tests:
            write_beir(test, folder / TESTS / test.name)
        counts = {"queries": len(pairs.queries), "texts": len(pairs.corpus)}
        asked = {f"dev queries, {test.name}": len(test.queries) for test in tests}
        return {**counts, **asked, **{f"dropped, {k}": n for k, n in pairs.dropped.items()}}

    def _mine(self, done: Mapping[str, Stage]) -> Stage | None:
        options = self.recipe.mine
        if not options.count:
            return None
        miners = options.miners or (self.recipe.base,)
        inputs = {"prepare": done["prepare"].fingerprint}
        inputs |= {f"miner {name}": fingerprint_of(name) for name in miners}
        made = lambda folder: self._make_negatives(folder, done["prepare"].folder, miners)  # noqa: E731
        return self._stage("mine", asdict(options), inputs, made)

    def _make_negatives(
        self, folder: Path, prepared: Path, miners: Sequence[str]
    ) -> dict[str, Any]:
        pairs = read_pairs(prepared)
        answers = answers_of(pairs)
        found: list[Mined] = []
        for name in miners:
            self.say(f"  {name} ranks {len(pairs.corpus)} texts for {len(pairs.queries)} queries")
            model = open_model(model_folder(name), usable_cores(), chosen_device(self.device))
            encode = encode_with(model, self.recipe.fit.bf16)
            queries = encode([query.text for query in pairs.queries])
            texts = encode(list(pairs.corpus))
            found.append(mine(name, queries, texts, answers, self.recipe.mine.count))
        write_negatives(join(found), folder)
        return report(found)

    def _fit(self, done: Mapping[str, Stage]) -> Stage:
        inputs = {name: stage.fingerprint for name, stage in done.items()}
        inputs["base"] = fingerprint_of(self.recipe.base)
        params = asdict(self.recipe.fit)
        made = lambda folder: self._make_model(folder, done)  # noqa: E731
        return self._stage("fit", params, inputs, made, resumable=True)

    def _make_model(self, folder: Path, done: Mapping[str, Stage]) -> dict[str, Any]:
        prepared = done["prepare"].folder
        mined = read_negatives(done["mine"].folder) if "mine" in done else None
        data = FitData(read_pairs(prepared), read_tests(prepared), mined)
        return fit(
            self.recipe.base, data, self.recipe.fit, folder, self.seed, self.device, self.say
        )

    def _average(self, done: Mapping[str, Stage]) -> Stage | None:
        share = self.recipe.average
        if not share:
            return None
        tuned = done["fit"]
        inputs = {"fit": tuned.fingerprint, "base": fingerprint_of(self.recipe.base)}

        def make(folder: Path) -> dict[str, Any]:
            return average(self.recipe.base, tuned.folder / MODEL, share, folder)

        return self._stage("average", {"share": share}, inputs, make)


def read_tests(prepared: Path) -> list[Beir]:
    """Read the dev sets of a `prepare` folder."""
    folder = prepared / TESTS
    return [read_beir(test) for test in sorted(folder.iterdir())] if folder.is_dir() else []
