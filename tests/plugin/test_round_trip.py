"""The main job in processes of their own, as a user runs it: add, index, describe, save."""

from __future__ import annotations

from tests.support.home import Home


def test_a_description_becomes_a_playlist(home: Home) -> None:
    home.configure(file_tags=False)
    home.add(
        {"title": "Willow", "genres": ["Acoustic Pop"], "mood": "melancholic"},
        {"title": "Anvil", "genres": ["Thrash Metal"], "mood": "angry"},
    )
    home.make_files()
    made = home.beet("melindex", fork=False)
    assert made.stdout.startswith("2 new, 0 changed, 0 removed, 0 unchanged; 6 embedded\n")
    assert made.stderr == ""
    playlist = home.folder / "rainy.m3u8"
    home.beet("describe", "melancholic pop", "-n", "1", "-m", str(playlist), fork=False)
    written = playlist.read_text(encoding="utf-8").splitlines()
    assert (written[0], written[-1]) == ("#EXTM3U", "music/0-Willow.mp3")
    second = home.beet("melindex", fork=False)
    assert second.stdout.startswith("nothing to do\n2 tracks: ")
