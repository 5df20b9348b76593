"""Mood and style tags in the files themselves, which beets never reads. Nothing is ever written."""

from __future__ import annotations

import os

from melscribe_core.errors import FileTagsError


def read_file_tags(path: str | bytes | os.PathLike[str]) -> dict[str, list[str]]:
    """Return {"file:mood": [...], "file:style": [...], ...}; empty when the file has none."""
    import mutagen

    name = os.fsdecode(path)
    try:
        audio = mutagen.File(name)
    except mutagen.MutagenError as error:
        raise FileTagsError(f"The tags of {name} could not be read: {error}.") from error
    if audio is None or not audio.tags:
        return {}
    found = {key: audio.tags.get(key) for key in ("mood", "style") if key in audio.tags}
    return {f"file:{key}": [str(v) for v in values] for key, values in found.items() if values}
