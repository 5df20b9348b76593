"""Wing: hits -> a playlist that keeps to its limits -> an m3u file.

Reading order: choice (`choose`: one version per song, caps per artist and album, number or
minutes), order (artists apart, flow, tempo), m3u (tracks -> bytes -> file), m3u_reading (is a file
a playlist, what does it hold), difference (what comes and goes between two playlists).

A new order is a name in `Order` and a branch in `choice`; an option for playlist files is a field
of `m3u.Options`.
"""
