"""What comes and goes between two playlists."""

from __future__ import annotations

from melscribe_core.playlist.difference import Changes, changes

OLD = b"#EXTM3U\n#PLAYLIST:x\n#EXTINF:180,Ann - One\n1.mp3\n#EXTINF:180,Bob - Two, too\n2.mp3\n"


def test_from_nothing_all_comes() -> None:
    assert changes(b"", OLD) == Changes(("Ann - One", "Bob - Two, too"), (), 0)


def test_what_comes_goes_and_stays() -> None:
    new = b'#EXTM3U\n#EXTINF:9 mood="a%2C b",Cleo - Three\n3.mp3\n#EXTINF:180,Ann - Won\n1.mp3\n'
    # 1.mp3 is the same track with its title put right, 2 went, 3 came
    assert changes(OLD, new) == Changes(("Cleo - Three",), ("Bob - Two, too",), 1)


def test_the_order_counts_for_nothing() -> None:
    assert changes(b"1.mp3\n2.mp3\n", b"2.mp3\n1.mp3\n") == Changes((), (), 2)


def test_files_of_others() -> None:
    theirs = b"\xef\xbb\xbf1.mp3\r\n\r\n# a remark\r\ncaf\xe9.mp3\r\n#EXTINF:1,\r\n4.mp3"
    assert changes(theirs, b"1.mp3\n") == Changes((), ("caf\ufffd.mp3", "4.mp3"), 1)
