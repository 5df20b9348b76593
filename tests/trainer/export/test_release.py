"""What an export may cost."""

import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.export.release import check_loss


def test_an_export_that_loses_too_much_is_refused() -> None:
    before = {"a": 80.0, "b": 60.0}
    # 2 points over 10 queries of 40, the others unchanged: 0.5
    assert check_loss(before, {"a": 78.0, "b": 60.0}, (10, 30)) == 0.5
    with pytest.raises(MelScribeError, match=r"cost 0\.51 points .* more than 0\.5"):
        check_loss(before, {"a": 77.96, "b": 60.0}, (10, 30))
