"""The plot of a training run."""

from pathlib import Path

from melscribe_trainer.training.plot import plot_log


def test_the_picture_is_a_png(tuned: Path, tmp_path: Path) -> None:
    plot_log(tuned / "log.jsonl", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
