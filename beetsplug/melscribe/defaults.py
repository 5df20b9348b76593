"""The keys of the section `melscribe:` of the config, with their defaults."""

from __future__ import annotations

from typing import Any

DEFAULTS: dict[str, Any] = {
    "encoder": None,
    "index": None,
    "threads": 0,
    "file_tags": True,
    "siblings": True,
    "listen": "no",
    "tower": None,
    "fields": [],
    "junk": [],
    "aliases": {},
    "query": [],
    "number": 25,
    "per_artist": 3,
    "per_album": 4,
    "min_score": 0.1,
    "query_number": 500,
    "taste": {"like": [], "playlists": [], "exclude": [], "weight": 0.5},
    "auto": True,
    "playlists": [],
    "playlist": {
        "playlist_dir": None,
        "output": "extm3u",
        "relative_to": None,
        "forward_slash": False,
        "prefix": "",
        "urlencode": False,
        "uri_format": None,
        "dest_regen": False,
        "fields": [],
    },
}
