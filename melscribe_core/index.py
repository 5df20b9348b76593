"""An index: the catalogue of a library with the encoder, the neighbours and the search over it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from melscribe_core.catalogue.catalogue import Catalogue
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.descriptors.sets import Rules, load_rules
from melscribe_core.encoder.encoder import Encoder

if TYPE_CHECKING:
    from melscribe_core.search.search import Search


class Index:
    """What answers from one catalogue, made by one encoder and one set of rules.

    `rules` are those that made the catalogue's descriptors, by default the shipped ones; `threads`
    is how many the neighbour graph may use.
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
        """Return the search over this index; an index run never loads it."""
        from melscribe_core.search.search import Search

        return Search(self.catalogue, self.neighbours, self.encoder, self.rules)

    def describes(self, phrase: str) -> bool:
        """Return whether a phrase, in any spelling that indexing accepts, is a descriptor here."""
        return bool(self.search.known.find(phrase))

    def embed(self, advance: Callable[[int], None] = lambda _: None) -> int:
        """Embed every text and descriptor without a vector, part by part; return how many."""
        from melscribe_core.catalogue.embedding import embed_pending

        return embed_pending(self.catalogue, self.encoder, advance)
