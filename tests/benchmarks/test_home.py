"""A home for measurements: its files and settings."""

from __future__ import annotations

from benchmarks.speed.home import Home


def test_what_came_to_lie_beside_the_library_is_weighed(seeded_home: Home) -> None:
    (seeded_home.folder / "library.db.melscribe").write_bytes(b"x" * 123)
    assert seeded_home.sizes() == {"library.db.melscribe": 123}
    seeded_home.renew()
    assert seeded_home.sizes() == {}


def test_settings_of_a_home_are_the_plugins(own: Home) -> None:
    shown = own.beet("melindex", "--show", "id:16").output
    assert "rock" in shown
    assert "vocal  <-" not in shown  # it is junk by the settings
