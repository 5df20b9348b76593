"""The trainer's command line."""

import click


@click.group()
def main() -> None:
    """Train, evaluate and export MelScribe's encoder."""
