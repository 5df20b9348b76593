"""How an error becomes a message and an exit status."""

import click
import pytest
from click.testing import CliRunner

from melscribe_core.errors import MelScribeError
from melscribe_trainer.commands.command import Command


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (MelScribeError("No data; give some."), 1, "Error: No data; give some.\n"),
        (KeyboardInterrupt(), 130, "Stopped; start again.\n"),
    ],
)
def test_an_error_is_one_sentence_and_a_status(
    error: BaseException, status: int, message: str
) -> None:
    @click.command(cls=Command, stopped="Stopped; start again.")
    def broken() -> None:
        raise error

    done = CliRunner().invoke(broken)
    assert (done.exit_code, done.stderr, done.stdout) == (status, message, "")


def test_a_fault_of_ours_stays_what_it_is() -> None:
    @click.command(cls=Command, stopped="Stopped.")
    def broken() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(broken).exception, ZeroDivisionError)
