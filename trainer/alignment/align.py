"""The page of `melscribe-train align`: rows -> two stages -> a tower, and how good it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from melscribe_core.encoder.encoder import load_encoder
from melscribe_core.hearing.tower import load_tower, save_tower

from ..devices import Device, chosen_device
from ..job import Job, Say
from ..stages import Stage, digest, fingerprint_of, run_stage
from .audio import listen
from .comparison import compared, sizes
from .examples import Example, examples_in
from .net import TowerNet, as_tower
from .preference import PreferenceOptions, learn_preferences
from .semantic import Material, SemanticOptions, learn_semantics
from .triplets import TripletParts, triplets_in

TOWER, REPORT, WEIGHTS = "tower.npz", "report.json", "weights.safetensors"
SEMANTIC, PREFERENCE = "semantic", "preference"  # the stages, and their towers in the table


@dataclass(frozen=True)
class AlignOptions:
    """How both stages train."""

    semantic: SemanticOptions = field(default_factory=SemanticOptions)
    preference: PreferenceOptions = field(default_factory=PreferenceOptions)


@dataclass(frozen=True)
class Alignment:
    """What to train on, where to write, and how."""

    pairs: Sequence[Path]
    triplets: Path | None
    encoder: str | None
    out: Path
    seed: int
    device: Device
    options: AlignOptions
    say: Say

    def run(self) -> Path:
        """Hear, train and measure; return the folder that holds TOWER and REPORT.

        Finished stages of the same data and options are reused, an interrupted one goes on. Raises
        MelScribeError.
        """
        chosen_device(self.device)  # a missing GPU is reported before hours of hearing
        rows, unsaid = examples_in(self.pairs)
        heard, unheard = listen(rows, self.out, self.say)
        dropped = {reason: n for reason, n in (*unsaid.items(), *unheard.items()) if n}
        for reason, number in dropped.items():
            self.say(f"left out: {number:,} {reason}")
        material = Material(heard, load_encoder(self.encoder), self.seed, self.say)
        triplets = self._triplets(rows, material)
        stages = {SEMANTIC: self._semantic(material)}
        if triplets:
            stages[PREFERENCE] = self._preference(material, triplets, stages[SEMANTIC])
        return self._tower(material, triplets, stages, dropped).folder

    def _triplets(self, rows: Sequence[Example], material: Material) -> TripletParts | None:
        if self.triplets is None:
            return None
        places = {example.id: place for place, example in enumerate(material.examples)}
        known = {example.id for example in rows}
        found = triplets_in(self.triplets, places, known, material.parts)
        for reason, number in found.dropped.items():
            self.say(f"left out: {number:,} {reason}")
        return found

    def _semantic(self, material: Material) -> Stage:
        def make(folder: Path) -> Mapping[str, Any]:
            net, found = learn_semantics(material, self.options.semantic, self._job(folder))
            self._save(net, material, folder)
            return found

        inputs = {"pairs": mark_of(material.examples), "encoder": material.encoder.fingerprint}
        return self._made(SEMANTIC, asdict(self.options.semantic), inputs, make)

    def _preference(self, material: Material, triplets: TripletParts, before: Stage) -> Stage:
        semantic, options = self.options.semantic, self.options.preference

        def make(folder: Path) -> Mapping[str, Any]:
            net = TowerNet(material.x.shape[1], material.middle, semantic.net)
            _read_weights(net, before.folder / WEIGHTS)
            job = self._job(folder)
            found = learn_preferences(net, material, triplets, semantic, options, job)
            self._save(net, material, folder)
            return found

        inputs = {SEMANTIC: before.fingerprint, "triplets": fingerprint_of(str(self.triplets))}
        return self._made(PREFERENCE, asdict(options), inputs, make)

    def _tower(
        self,
        material: Material,
        triplets: TripletParts | None,
        stages: Mapping[str, Stage],
        dropped: Mapping[str, int],
    ) -> Stage:
        def make(folder: Path) -> Mapping[str, Any]:
            mark = material.encoder.fingerprint
            towers = {name: load_tower(one.folder / TOWER, mark) for name, one in stages.items()}
            asked = triplets.test if triplets else ()
            report = {
                "measures": compared(material, towers, asked, self.say),
                "encoder": mark,
                "parts": sizes(material),
                "left out": {**dropped, **(triplets.dropped if triplets else {})},
                "stages": {name: dict(one.manifest) for name, one in stages.items()},
            }
            text = json.dumps(report, indent=1, ensure_ascii=False)
            (folder / REPORT).write_text(text + "\n", encoding="utf-8")
            save_tower(list(towers.values())[-1], folder / TOWER)
            return {"bytes": (folder / TOWER).stat().st_size}

        inputs = {name: stage.fingerprint for name, stage in stages.items()}
        return self._made("tower", {"dropped": dict(dropped)}, inputs, make)

    def _made(self, name: str, params: Mapping[str, Any], inputs: Any, make: Any) -> Stage:
        stage = run_stage(
            self.out, name, {**params, "seed": self.seed}, inputs, make, resumable=True
        )
        self.say(f"{name}: {stage.folder}{' (as it was)' if stage.reused else ''}")
        for what, value in stage.manifest["result"].items():
            self.say(f"  {what}: {value}")
        return stage

    def _job(self, folder: Path) -> Job:
        return Job(folder, self.seed, self.device, self.say)

    def _save(self, net: TowerNet, material: Material, folder: Path) -> None:
        from safetensors.torch import save_file

        weights = {name: tensor.cpu() for name, tensor in net.state_dict().items()}
        save_file(weights, folder / WEIGHTS)
        tower = as_tower(net, *material.scales, material.encoder.fingerprint)
        save_tower(tower, folder / TOWER)


def mark_of(examples: Sequence[Example]) -> str:
    """Return a digest of all that training sees of the examples, in their order."""
    return digest(
        *(repr((one.id, one.album, one.descriptors, one.captions, one.heard)) for one in examples)
    )


def _read_weights(net: TowerNet, path: Path) -> None:
    from safetensors.torch import load_file

    net.load_state_dict(load_file(path))
