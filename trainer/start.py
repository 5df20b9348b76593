"""Entry point of the command `melscribe-train`: reports a missing extra in one sentence."""

from __future__ import annotations

import sys

from .extra import PACKAGES


def main() -> None:
    """Run the command line; exit with status 1 and one sentence if the extra is not installed."""
    try:
        from .cli import main as command

        command()
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing and missing not in PACKAGES:  # a fault of ours, or of the installation
            raise
        sys.exit(
            "melscribe-train needs the extra `train`: pip install 'beets-melscribe[train]'"
            f" ({error})"
        )
