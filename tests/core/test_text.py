"""Text that all wings share."""

from melscribe_core.text import unaccented


def test_text_without_accents_has_neither_marks_nor_compatibility_forms() -> None:
    assert unaccented("Café ﬁnº² ÅŁ ñ") == "Cafe fino2 AŁ n"  # the stroke of "Ł" is no mark
    assert unaccented("cafe\u0301") == "cafe"
