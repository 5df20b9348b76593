"""The page of `melscribe-train prefer`: favours -> an adapter, and what it is worth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from melscribe_core.encoder.encoder import load_encoder

from ..devices import Device, chosen_device
from ..evaluation.metrics import Scores
from ..job import Job, Say
from ..stages import digest, fingerprint_of, run_stage
from .adapter import save_adapter
from .groups import Source
from .learning import PreferOptions
from .matching import HITS
from .material import Inputs, Material
from .report import difference
from .retention import told

ADAPTER, REPORT = "adapter.npz", "report.json"
NONE = "none"  # the row without an adapter


@dataclass(frozen=True)
class Preferring:
    """What to learn from, where to write, and how; `strength` is how much of the adapter counts."""

    inputs: Inputs
    source: Source
    encoder: str | None
    out: Path
    seed: int
    device: Device
    strength: float
    options: PreferOptions
    say: Say

    def run(self) -> Path:
        """Train and measure; return the folder that holds ADAPTER and REPORT.

        The folder of the same files and options is reused. Raises MelScribeError.
        """
        chosen_device(self.device)
        encoder = load_encoder(self.encoder)
        params = {
            **asdict(self.options),
            "source": self.source,
            "strength": self.strength,
            "least": asdict(self.inputs.least),
            "seed": self.seed,
        }
        inputs = {**_fingerprints(self.inputs), "encoder": encoder.fingerprint}

        def make(folder: Path) -> Mapping[str, Any]:
            return self._made(Material(self.inputs, encoder, self.say), folder)

        stage = run_stage(self.out, "prefer", params, inputs, make, resumable=True)
        self.say(f"prefer: {stage.folder}{' (as it was)' if stage.reused else ''}")
        return stage.folder

    def _made(self, material: Material, folder: Path) -> Mapping[str, Any]:
        for reason, number in material.dropped.items():
            self.say(f"left out: {number:,} {reason}")
        for what, number in material.sizes().items():
            self.say(f"{number:,} {what}")
        job = Job(folder, self.seed, self.device, self.say)
        adapter, found = material.adapter(self.source, self.options, job)
        before = material.measured(None)
        measures = {NONE: before.scores}
        told_before, differences = told(before.requests), {}
        for strength in dict.fromkeys((1.0, self.strength)):
            self.say(f"measures strength {strength:g}")
            name, after = f"strength {strength:g}", material.measured(adapter.scaled(strength))
            measures[name] = after.scores
            differences[name] = asdict(difference(told_before, told(after.requests)))
        report = {
            "measures": {**_rivals(material), **measures},
            "dev": differences,
            "encoder": adapter.encoder,
            "sizes": material.sizes(),
            "left out": dict(material.dropped),
            "training": found,
        }
        text = json.dumps(report, indent=1, ensure_ascii=False)
        (folder / REPORT).write_text(text + "\n", encoding="utf-8")
        save_adapter(adapter.scaled(self.strength), folder / ADAPTER)
        return {**found, HITS: measures[f"strength {self.strength:g}"][HITS]}


def _rivals(material: Material) -> dict[str, Scores]:
    return {
        "by popularity": material.matching.by_popularity(),
        "none, taste by ridge": material.by_ridge(),
    }


def _fingerprints(inputs: Inputs) -> dict[str, str]:
    files = {
        "items": (inputs.items,),
        "favours": inputs.favours,
        "words": inputs.words,
        "dev favours": inputs.dev_favours,
        "tower": (inputs.tower,) if inputs.tower else (),
        "requests": inputs.requests,
        "dev": inputs.dev,
    }
    return {
        name: digest(*(fingerprint_of(str(one)) for one in paths)) for name, paths in files.items()
    }
