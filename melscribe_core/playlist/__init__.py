"""Wing: hits -> a playlist that keeps to its limits -> an m3u file.

Reading order: leading (whose tracks come first), choice (`choose`: one version per song, caps per
artist and album, number or minutes), limits (`Pick`, `Limits`, `Passed`), duration (candidates that
fill a time), order (artists apart, flow, tempo), freshness (what was played comes later), m3u
(tracks -> bytes -> file), m3u_reading (is a file a playlist), m3u_entries (bytes -> paths),
difference (tracks added and removed between two playlists).

A new order is a name in `limits.Order` and a branch in `choice`; an option for playlist files is a
field of `m3u.Options`.
"""
