"""The command `hearing-export`: write the nets that hear music as files that run anywhere."""

from __future__ import annotations

from pathlib import Path

import click

from .command import Command

MODEL = Path("melscribe_core", "hearing", "model")  # in a checkout: the folder that ships


@click.command("hearing-export", cls=Command, stopped="Stopped; export again to be sure.")
@click.argument("wheel", type=click.Path(path_type=Path))
@click.option(
    "--out",
    default=MODEL,
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write.",
)
def hearing_export(wheel: Path, out: Path) -> None:
    """Write the two nets of WHEEL, the package musicnn 0.1.0, in ONNX.

    WHEEL is what `pip download --no-deps musicnn==0.1.0` fetches, or a folder of its content.
    """
    from melscribe_core.hearing.nets import FILES

    from ..hearing.export import export_nets

    size = export_nets(wheel, out)
    click.echo(f"{out}: {', '.join(FILES)}, {size / 1e6:.2f} MB.")
