"""How much nearer to every text what was heard lies: stored, read and refused."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.catalogue.catalogue import Catalogue, empty_catalogue
from melscribe_core.catalogue.excess import KEY, excess, excess_vector, set_excess
from melscribe_core.errors import DamagedCatalogueError


@pytest.fixture
def catalogue() -> Catalogue:
    return empty_catalogue()


def test_it_comes_back_in_half_precision(catalogue: Catalogue) -> None:
    set_excess(catalogue, np.array([0.5, -0.25, 0.1], np.float32))
    found = excess_vector(catalogue, 3)
    assert found.dtype == np.float32
    # The nearest half of 0.1 is 1638 / 2**14.
    assert found.tolist() == [0.5, -0.25, 1638 / 2**14]


def test_what_to_take_off_is_its_cosine_to_the_request(catalogue: Catalogue) -> None:
    set_excess(catalogue, np.array([0.5, -0.25], np.float32))
    assert excess(catalogue, np.array([0.6, 0.8], np.float32)) == pytest.approx(0.3 - 0.2)


def test_where_nothing_was_measured_it_is_zero(catalogue: Catalogue) -> None:
    assert excess_vector(catalogue, 4).tolist() == [0, 0, 0, 0]
    assert excess_vector(catalogue, 4).dtype == np.float32
    assert excess(catalogue, np.ones(4, np.float32)) == 0


@pytest.mark.parametrize("stored", ["AAAA", "AAA", "ä", "!!!!", "AAAAAAAA"])
def test_what_was_never_stored_is_damage(catalogue: Catalogue, stored: str) -> None:
    # Two dimensions are four bytes, "AAAAAA==". Three bytes, bad padding, no base64, six bytes.
    catalogue.set_meta(**{KEY: stored})
    with pytest.raises(DamagedCatalogueError):
        excess_vector(catalogue, 2)


def test_that_of_an_encoder_with_other_dimensions_is_damage(catalogue: Catalogue) -> None:
    set_excess(catalogue, np.zeros(2, np.float32))
    with pytest.raises(DamagedCatalogueError):
        excess_vector(catalogue, 3)
