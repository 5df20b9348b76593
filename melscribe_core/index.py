"""An index: the catalogue of a library with its encoder, neighbours and search."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.descriptors.sets import Rules, load_rules
from melscribe_core.encoder.encoder import Encoder

if TYPE_CHECKING:
    from melscribe_core.catalogue.embedding import SoundSpace
    from melscribe_core.search.search import Search


class Index:
    """One catalogue with the encoder and the rules that made it.

    `rules` are by default the shipped ones; `threads` limits the threads of the neighbour graph.
    """

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, rules: Rules | None = None, threads: int = 1
    ) -> None:
        self.catalogue = catalogue
        self.encoder = encoder
        self.rules = rules or load_rules()
        self.neighbours = Neighbours(catalogue, encoder.fingerprint, encoder.dim, threads)

    @cached_property
    def search(self) -> Search:
        """Return the search; imported on first use, since an index run needs none."""
        from melscribe_core.search.search import Search

        return Search(self.catalogue, self.neighbours, self.encoder, self.rules)

    def describes(self, phrase: str) -> bool:
        """Return whether a phrase, in any known spelling, is a descriptor of some track."""
        return bool(self.search.known.find(phrase))

    def embed(
        self, advance: Callable[[int], None] = lambda _: None, sounds: SoundSpace | None = None
    ) -> int:
        """Encode every text and descriptor without a vector; return how many.

        `sounds` is how what was heard lies in the text space.
        """
        from melscribe_core.catalogue.embedding import embed_pending

        return embed_pending(self.catalogue, self.encoder, advance, sounds)
