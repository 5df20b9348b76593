"""Fixtures for all tests."""

from pathlib import Path

import pytest

from tests.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty beets home."""
    folder = tmp_path / "beets"
    folder.mkdir()
    return Home(folder)
