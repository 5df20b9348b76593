"""Wing: a song and the versions it exists in. A leaf that any wing may import.

Reading order: song (`Song`, a track as a playlist sees it; the kinds of version), versions (title
-> song and kinds of version: live, remix, remaster; the keys by which two tracks are one song).

A marker of a version, such as "alternate take", is a row of the tables in versions; a new kind is
an entry of `song.VersionKind` and of `versions.AWAY`.
"""
