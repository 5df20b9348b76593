"""Wing: a song and the versions it exists in; a leaf that any wing may import.

Reading order: song (`Song`, a track as a playlist sees it; kinds of version), versions (title ->
song and version: live, remix, remaster; when two tracks are one song).

A marker of a version, such as "alternate take", is a row of the tables in versions.
"""
