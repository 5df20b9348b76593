"""The curve from evidence to score: its knots by hand, and a fit through a real search."""

import numpy as np
import pytest

from melscribe_core.encoder.calibration import Scale
from melscribe_core.errors import MelScribeError
from melscribe_trainer.data.datasets import Captioned, Dataset
from melscribe_trainer.evaluation.calibrate import calibrate, curve_error, fit_curve, usual_scale
from tests.support.fakes import WordAxes

WORDS = ("sad", "loud", "folk", "pop", "rock", "jazz")


def test_knots_by_hand() -> None:
    # The upper half of a hundred tracks holds all that was asked for, the lower half nothing.
    found = np.arange(100, dtype=np.float32)
    shares = (found >= 50).astype(np.float32)
    evidence, scores = fit_curve(found, shares)
    # Parts: 0-19, 20-39, 40-49, 50-59, 60-69, 70-79, 80-89, 90-94, 95-97, 98-99; then the ends.
    middles = (9.5, 29.5, 44.5, 54.5, 64.5, 74.5, 84.5, 92.0, 96.0, 98.5)
    assert evidence == (-20.0, *middles, 60.0)
    # Scores rise by 0.002 a knot at least; 11 such steps (10 knots and the end) leave 0.978.
    low = [0.002 * knot for knot in (1, 2, 3)]
    high = [0.978 + 0.002 * knot for knot in range(4, 11)]
    assert scores == pytest.approx((0.0, *low, *high, 1.0))


def test_a_curve_never_falls_however_the_shares_lie() -> None:
    rng = np.random.default_rng(0)
    _, scores = fit_curve(rng.random(500), rng.random(500))
    assert (np.diff(scores) > 0).all()


def test_the_error_by_hand() -> None:
    shares = np.linspace(0.3, 0.7, 100)
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
