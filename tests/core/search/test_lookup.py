"""The words of a request as they are looked up among the descriptors of a library."""

import pytest

from melscribe_core.descriptors.sets import load_rules
from melscribe_core.search.lookup import words_asked
from melscribe_core.search.mentions import KnownDescriptors

KNOWN = KnownDescriptors(
    ["male vocals", "edm", "no drums", "drums", "jazz", "electric guitar", "1980s"],
    load_rules().vocabulary,
)


@pytest.mark.parametrize(
    ("request_text", "words"),
    [
        ("a male vocalist sings jazz", ("male", "vocals", "sings", "jazz")),
        ("electronic dance music", ("edm",)),
        ("an e-guitar from the eighties", ("electric", "guitar", "1980s")),
        ("jazz without drums", ("jazz", "no drums")),
        ("There are no drums in this jazz.", ("jazz", "no drums")),
        ("drums, but no drums", ("drums", "no drums")),
        ("the and of", ()),
        ("", ()),
    ],
)
def test_descriptors_are_looked_up_as_the_library_spells_them(
    request_text: str, words: tuple[str, ...]
) -> None:
    assert words_asked(request_text, KNOWN.mentions(request_text)) == words
