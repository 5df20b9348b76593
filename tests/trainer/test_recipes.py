"""The recipes' settings, as printed and as the paper has them."""

from click.testing import CliRunner

from melscribe_trainer.cli import main
from melscribe_trainer.recipes import PRESETS, change, settings


def test_settings_are_printed_as_they_are_set() -> None:
    result = CliRunner().invoke(main, ["settings", "--preset", "paper", "--set", "fit.lr=0.5"])
    lines = result.stdout.splitlines()
    assert {"fit.lr=0.5", "fit.rows.steps=140000", "fit.rows.batch=4", "mine.count=30"} <= set(
        lines
    )
    assert change(PRESETS["paper"], lines) == change(PRESETS["paper"], ["fit.lr=0.5"])


def test_the_papers_settings() -> None:
    paper = dict(settings(PRESETS["paper"]))
    assert paper["base"].endswith("msmarco-bert-base-dot-v5")
    assert paper["fit.loss.similarity"] == "dot"
    assert (paper["fit.loss.contrast"], paper["fit.loss.margin"]) == (0, 1)
    assert (paper["fit.warmup"], paper["fit.max_length"]) == (1000, 512)
    assert paper["label.rows"] == paper["fit.rows.steps"] * paper["fit.rows.batch"]
