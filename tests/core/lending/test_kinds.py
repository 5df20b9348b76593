import pytest

from melscribe_core.lending.kinds import Sort, sort_of, styles, tells_sound


@pytest.mark.parametrize(
    ("descriptor", "sort"),
    [
        ("jazz", "style"),
        ("dungeon synth", "style"),
        ("punkrock", "style"),
        ("atmospheric sludge metal", "style"),
        ("video game soundtrack", "style"),
        ("piano", "instrument"),
        ("strings", "instrument"),
        ("female vocals", "voice"),
        ("instrumental", "voice"),
        ("sad", "mood"),
        ("slow", "mood"),
        ("acoustic", "mood"),
        ("danceable", "mood"),
        ("1990s", "other"),
        ("german", "other"),
        ("minor key", "other"),
        ("live", "other"),
    ],
)
def test_sorts(descriptor: str, sort: Sort) -> None:
    assert sort_of(descriptor) == sort


def test_styles_keep_their_order() -> None:
    assert styles(("sad", "pop", "piano", "folk")) == ("pop", "folk")
    assert styles(("sad", "1990s")) == ()


def test_years_tempi_and_the_like_do_not_tell_how_a_track_sounds() -> None:
    assert not tells_sound(())
    assert not tells_sound(("1990s", "fast", "german", "live", "minor key"))
    assert tells_sound(("1990s", "sad"))
    assert tells_sound(("piano",))
