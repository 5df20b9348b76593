"""Fixtures for all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.home import Home

# How long an example takes says more of the machine than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty beets home."""
    folder = tmp_path / "beets"
    folder.mkdir()
    return Home(folder)
