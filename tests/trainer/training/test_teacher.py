"""What opens as a teacher."""

from pathlib import Path

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.training.teacher import open_teacher


def test_a_teacher_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(MelScribeError, match="does not load as a cross-encoder"):
        open_teacher(str(tmp_path), 32, "cpu")
