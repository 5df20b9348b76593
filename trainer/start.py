"""Where the command `melscribe-train` starts: in one sentence where what it needs is missing."""

from __future__ import annotations

import sys

# What the extra `train` brings, as it is imported; `evaluate` does without most of it.
EXTRA = frozenset(
    "accelerate click datasets matplotlib onnx onnxscript sentence_transformers sklearn torch"
    " transformers".split()
)


def main() -> None:
    """Run the command line; exit with status 1 and a sentence where a package is missing."""
    try:
        from melscribe_trainer.cli import main as command

        command()
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing and missing not in EXTRA:  # a fault of ours, or of the installation
            raise
        sys.exit(
            "melscribe-train needs the extra `train`: pip install 'beets-melscribe[train]'"
            f" ({error})"
        )
