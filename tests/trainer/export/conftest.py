"""Fixtures of the export tests."""

from pathlib import Path

import pytest

from melscribe_trainer.export.export import Report, export
from tests.support.tiny import TEXTS


@pytest.fixture(scope="package")
def exported(distinct: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    out = tmp_path_factory.mktemp("exported") / "out"
    return out, export(str(distinct), out, TEXTS, name="tiny")
