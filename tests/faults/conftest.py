"""Fixtures for the tests of faults: commands that start in no time, and a library to hurt."""

from collections.abc import Iterator

import pytest

from tests.faults.forks import Forks, running
from tests.faults.worlds import World
from tests.support.home import Home


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Run a server that forks a process for each command."""
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def world(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world that goes on from test to test: one disaster comes on top of the others."""
    return World(Home(tmp_path_factory.mktemp("world")), forks)
