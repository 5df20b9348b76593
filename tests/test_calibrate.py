"""The curve from evidence to score: its knots by hand, and a fit through a real search."""

import numpy as np
import pytest

from melscribe_core.calibration import Scale
from melscribe_core.errors import MelScribeError
from melscribe_trainer.calibrate import KNOTS, calibrate, curve_error, fit_curve, usual_scale
from melscribe_trainer.datasets import Captioned, Dataset
from tests.fakes import WordAxes

WORDS = ("sad", "loud", "folk", "pop", "rock", "jazz")


def test_knots_by_hand() -> None:
    # Two tracks a knot: the first half holds nothing of what was asked for, the second all of it.
    found = np.arange(2 * KNOTS, dtype=np.float32)
    shares = (found >= KNOTS).astype(np.float32)
    evidence, scores = fit_curve(found, shares)
    assert evidence == (-20.0, *(2 * knot + 0.5 for knot in range(KNOTS)), 60.0)
    # Scores rise by 0.002 a knot at least, and 13 such steps (12 knots and the end) leave 0.974.
    half = KNOTS // 2
    low = [0.002 * knot for knot in range(1, half + 1)]
    high = [0.974 + 0.002 * knot for knot in range(half + 1, KNOTS + 1)]
    assert scores == pytest.approx((0.0, *low, *high, 1.0))


def test_a_curve_never_falls_however_the_shares_lie() -> None:
    rng = np.random.default_rng(0)
    _, scores = fit_curve(rng.random(500), rng.random(500))
    assert (np.diff(scores) > 0).all()


def test_the_error_by_hand() -> None:
    # One track in each of the parts; every score is 0.25 above or below its share.
    shares = np.linspace(0.3, 0.7, KNOTS)
    assert curve_error(shares + 0.25, shares) == pytest.approx(0.25)


def test_the_usual_scale_by_hand() -> None:
    # "sad" has cosines 1 and 0 to the texts, "loud" none: means 0.5 and 0, spreads 0.5 and 0.
    scale = usual_scale(WordAxes(*WORDS), ["sad", "loud"], ["sad", "folk"])
    assert scale == Scale(0.25, 0.25)


def requests(count: int) -> Dataset:
    rng = np.random.default_rng(1)
    rows = [tuple(rng.choice(WORDS, 2, replace=False)) for _ in range(count)]
    return Dataset("dev", tuple(Captioned(str(n), (t[0],), t, "rock") for n, t in enumerate(rows)))


def test_tracks_that_hold_what_was_asked_for_score_high() -> None:
    fitted = calibrate(WordAxes(*WORDS), 20.0, [requests(60)])
    score = fitted.calibration.score
    # "sad" by meaning 1 / sqrt(2) and by words against neither: all that was asked for, or nothing.
    assert score(np.array([15.0], np.float32))[0] > 0.8
    assert score(np.array([-1.0], np.float32))[0] < 0.2
    assert fitted.requests == 60
    assert fitted.error < 0.15


def test_too_few_requests_are_refused() -> None:
    with pytest.raises(MelScribeError, match=r"3 requests name a descriptor .* give 20 or more"):
        calibrate(WordAxes(*WORDS), 20.0, [requests(3)])
