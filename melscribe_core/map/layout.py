"""Vectors -> places on a plane, near to each other where the vectors are alike.

This is t-SNE (van der Maaten and Hinton 2008) in numpy. Three choices keep it short, quick and
deterministic: it starts from principal components instead of random places, every set attracts its
nearest neighbours equally, and the repulsion of all pairs is computed as a convolution on a grid by
Fourier transform (as in Linderman et al. 2019, who interpolate more finely).
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, log2, sqrt
from typing import Any

import numpy as np
from numpy.fft import irfft2, rfft2
from numpy.typing import NDArray

Float64Array = NDArray[np.float64]
IntArray = NDArray[np.intp]
Advance = Callable[[int], None]

DIM = 50  # principal components compared in finding neighbours: the others are mostly noise
NEIGHBOURS = 30  # of each set in a large map; with 15 it breaks into many small clusters
BLOCK = 512  # sets whose distances to all others are in memory at a time
# Attraction is first strong, so that groups form (early exaggeration), then weak, so they spread.
EARLY, EARLY_STEPS = 12.0, 150
LATE, LATE_STEPS = 2.0, 350  # in a large map; 1.0 in a small one, or groups shrink to dots
SMALL, LARGE = 1_000, 20_000  # sets
MOMENTUM = 0.8
COARSEST = 64  # cells along each side of the grid, at least; more for many sets
FINDING = 100  # progress steps for finding the neighbours, by its share of the time
STEPS = FINDING + EARLY_STEPS + LATE_STEPS


def places(vectors: NDArray[np.float32], advance: Advance = lambda _: None) -> Float64Array:
    """Return the place of each vector, float32 (n, dim) of unit length: float64 (n, 2) in 0..1.

    The same vectors give the same places. Memory grows with n, time with its square, because the
    neighbours are found by comparing all pairs. `advance` is called with the steps done, STEPS in
    all.
    """
    if len(vectors) < 3:
        return _fitted(np.eye(2)[: len(vectors)])
    reduced = principal(vectors, DIM)
    graph = Graph(neighbours(reduced, how_many(len(vectors))))
    advance(FINDING)
    start = reduced[:, :2].astype(np.float64)
    return _fitted(_settled(start / (100 * start.std() or 1.0), graph, advance))


def middle_of_nearest(
    places: Float64Array, likeness: NDArray[np.float32], k: int = 15
) -> Float64Array:
    """Return the mean, float64 (2,), of the k places with the greatest likeness, float (n,)."""
    nearest = np.argsort(-likeness, kind="stable")[:k]
    middle: Float64Array = places[nearest].mean(axis=0)
    return middle


def principal(vectors: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    """Return the first principal components, float32 (n, at most dim), largest variance first."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :dim]
    # The sign of an axis is arbitrary: its largest entry decides, so that no map is mirrored.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    components: NDArray[np.float32] = centred @ axes
    return components


def how_many(n: int) -> int:
    """Return how many neighbours attract each of n sets."""
    return max(2, min(NEIGHBOURS, max(10, n // 20), n // 3))


def neighbours(points: NDArray[np.float32], k: int) -> IntArray:
    """Return the k nearest others of each of n points, (n, min(k, n - 1)), unordered."""
    n = len(points)
    k = min(k, n - 1)
    squares = np.einsum("ij,ij->i", points, points)
    found = np.empty((n, k), np.intp)
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        distances = squares - 2 * (
            points[rows] @ points.T
        )  # without the term that is equal along a row
        distances[rows - start, rows] = np.inf
        found[rows] = np.argpartition(distances, k - 1, axis=1)[:, :k]
    return found


class Graph:
    """The attraction between neighbours, made symmetric, with its weights.

    Weights are divided by both degrees. Otherwise a set that is a neighbour of very many would be
    attracted so strongly that it leaves the plane.
    """

    def __init__(self, nearest: IntArray) -> None:
        n, k = nearest.shape
        here, there = np.repeat(np.arange(n), k), nearest.ravel()
        # Each link once, from the lower to the higher; `times` is 2 where both are neighbours.
        low, high = np.minimum(here, there), np.maximum(here, there)
        links, times = np.unique(low * n + high, return_counts=True)
        self._n, self._a, self._b = n, links // n, links % n
        degree = self._gathered(times, times)
        weight = times / np.sqrt(degree[self._a] * degree[self._b])
        self._weight = weight / (2 * weight.sum())

    def pull(self, at: Float64Array) -> Float64Array:
        """Return the attraction at each place, (n, 2)."""
        x, y = np.ascontiguousarray(at.T)
        dx, dy = x[self._b] - x[self._a], y[self._b] - y[self._a]
        strength = self._weight / (1 + dx * dx + dy * dy)
        dx, dy = dx * strength, dy * strength
        return np.stack([self._gathered(dx, -dx), self._gathered(dy, -dy)], axis=1)

    def _gathered(self, at_a: NDArray[Any], at_b: NDArray[Any]) -> Float64Array:
        """Return, for each place, the sum over its links of the values at that end: (n,)."""
        gathered = np.bincount(self._a, at_a, self._n) + np.bincount(self._b, at_b, self._n)
        return gathered.astype(np.float64, copy=False)


class Repulsion:
    """The repulsion between all pairs.

    With w = 1 / (1 + distance^2), the repulsion between two places is w^2 times the vector from one
    to the other, which is minus half the gradient of w. So one convolution of the density with w
    gives both the repulsion and the sum of w over all pairs, by which t-SNE divides it.
    """

    def __init__(self, n: int) -> None:
        # A finished map is about sqrt(n) / 5 wide: cells about 0.1 wide are fine enough.
        self._grid = max(COARSEST, 2 ** round(log2(1.8 * sqrt(n))))
        self._cell = 0.0  # width of a cell for which the kernel was made
        self._kernel = np.empty(0, complex)

    def push(self, at: Float64Array) -> Float64Array:
        """Return the repulsion at each place, (n, 2), divided by the sum of w over all pairs."""
        low = at.min(axis=0)
        grid = self._grid
        self._fit(float((at - low).max()) / (grid - 3))
        cells, shares = _corners((at - low) / self._cell + 1, grid)
        mass = np.bincount(cells.ravel(), shares.ravel(), grid * grid).reshape(grid, grid)
        # Twice the grid, or the convolution would wrap around from one side to the other.
        field = irfft2(rfft2(mass, s=(2 * grid, 2 * grid)) * self._kernel)[:grid, :grid]
        along_x, along_y = np.gradient(field, self._cell)
        slopes = np.stack([along_x, along_y], axis=-1).reshape(-1, 2)
        total = float((field.ravel()[cells] * shares).sum()) - len(at)  # without each with itself
        push: Float64Array = -0.5 * (slopes[cells] * shares[..., None]).sum(axis=0) / total
        return push

    def _fit(self, cell: float) -> None:
        """Make the kernel for cells of at least this width, with some room to grow."""
        cell = max(cell, 1e-9)
        if cell <= self._cell <= 1.05 * cell:
            return
        self._cell = 1.025 * cell
        steps = np.arange(2 * self._grid)
        squares = (np.minimum(steps, 2 * self._grid - steps) * self._cell) ** 2
        self._kernel = rfft2(1 / (1 + squares[:, None] + squares))


def _corners(at: Float64Array, grid: int) -> tuple[IntArray, Float64Array]:
    """Return the four grid points around each place, (4, n), and its share in each, (4, n)."""
    whole = at.astype(np.intp)
    x, y = (at - whole).T
    cell = whole[:, 0] * grid + whole[:, 1]
    cells = np.stack([cell, cell + grid, cell + 1, cell + grid + 1])
    return cells, np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y])


def _settled(at: Float64Array, graph: Graph, advance: Advance) -> Float64Array:
    """Move the places until attraction and repulsion are about equal."""
    repulsion = Repulsion(len(at))
    speed = np.zeros_like(at)
    grown = min(1.0, max(0.0, log(len(at) / SMALL) / log(LARGE / SMALL)))
    late = 1 + grown * (LATE - 1)
    for pull, steps in ((EARLY, EARLY_STEPS), (late, LATE_STEPS)):
        for _ in range(steps):
            force = pull * graph.pull(at) + repulsion.push(at)
            speed = MOMENTUM * speed + len(at) / pull * force
            at = at + speed
            advance(1)
    return at


def _fitted(at: Float64Array) -> Float64Array:
    """Move and scale places into the unit square, centred along the shorter side."""
    if not len(at):
        return at
    low, high = at.min(axis=0), at.max(axis=0)
    size = float((high - low).max()) or 1.0
    fitted: Float64Array = (at - (low + high) / 2) / size + 0.5
    return fitted
