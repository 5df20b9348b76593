"""Mood and style tags of audio files, which beets does not read. Files are only read.

Beets reads genres, grouping, tempo, key and language of every container. It leaves out these tags,
listed by the names that taggers use:

| | ID3 | Vorbis comments | MP4 | APEv2 | ASF |
|---|---|---|---|---|---|
| mood | TMOO, TXXX:MOOD | MOOD | ----:com.apple.iTunes:MOOD | Mood | WM/Mood |
| style | TXXX:STYLE, TXXX:STYLES | STYLE, STYLES | ----:com.apple.iTunes:STYLE | Style | STYLE |
| grouping | GRP1 (iTunes) | | | | |
| probabilities | TXXX:ab:hi:mood_happy:happy | the same name, in each of the others | | | |

Case is ignored. The last row is written by Picard's AcousticBrainz plugin.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from typing import Any

from melscribe_core.errors import FileTagsError

# Limits for damaged files: values of one field, characters of one value.
MAX_VALUES, MAX_VALUE = 512, 4096
MAX_SHOWN = 300  # characters of a path or a reason in an error

_Named = tuple[str, Iterable[object]]

_MOODS = ("acoustic", "aggressive", "electronic", "happy", "party", "relaxed", "sad")
_FIELDS = {  # name in the file, in lower case -> field
    "tmoo": "mood",
    "mood": "mood",
    "wm/mood": "mood",
    "style": "style",
    "styles": "style",
    "wm/style": "style",
    "grp1": "grouping",
    "ab:hi:danceability:danceable": "danceable",
    "ab:hi:gender:female": "is_female",
    "ab:hi:gender:male": "is_male",
    "ab:hi:voice_instrumental:instrumental": "is_instrumental",
    "ab:hi:voice_instrumental:voice": "is_voice",
    **{f"ab:hi:mood_{mood}:{mood}": f"mood_{mood}" for mood in _MOODS},
    **{f"ab:hi:moods_mirex:cluster{n}": f"mood_mirex_cluster_{n}" for n in range(1, 6)},
}


def read_file_tags(path: str | bytes | os.PathLike[str]) -> dict[str, list[str]]:
    """Return the tags of a file that beets does not read: "file:" and a field's name -> values.

    Values are as found, but bounded, without NUL characters, none empty, each once. The dict is
    empty when the file has no such tags. Raises FileTagsError when the file is missing, unreadable,
    damaged or not an audio file.
    """
    import mutagen

    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a path may be bytes
        if not stat.S_ISREG(mode):  # reading a pipe may block, reading a device may not end
            raise OSError(errno.EINVAL, "it is no ordinary file")
        with open(path, "rb") as file:  # noqa: PTH123 - a path may be bytes
            audio = mutagen.File(file)
            found = None if audio is None else _fields_in(audio.tags)
    except FileNotFoundError as error:
        raise _refusal(
            path, "there is no such file; `beet update` makes beets forget it"
        ) from error
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check the file and who may read it"
        raise _refusal(path, reason) from error
    except Exception as error:  # on damaged bytes mutagen also lets out IndexError, KeyError, ...
        reason = f"is damaged ({_shown(str(error)) or type(error).__name__}); replace the file"
        raise _refusal(path, reason) from error
    if found is None:
        raise _refusal(path, "is no audio file of a known kind; remove it from the library")
    return found


def _fields_in(tags: Any) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for name, values in _named_values(tags):
        if field := _FIELDS.get(name.lower()):
            found.setdefault(f"file:{field}", {}).update(dict.fromkeys(_clean(values)))
    return {field: list(values)[:MAX_VALUES] for field, values in found.items() if values}


def _named_values(tags: Any) -> Iterator[_Named]:
    """Yield the name and the values of every tag, whatever the container."""
    from mutagen import apev2, id3, mp4

    if isinstance(tags, id3.ID3):
        return _of_id3(tags)
    if isinstance(tags, mp4.MP4Tags):
        return _of_mp4(tags)
    if isinstance(tags, apev2.APEv2):
        return _of_ape(tags)
    return ((name, [value]) for name, value in tags or ())  # Vorbis comments, ASF


def _of_id3(tags: Any) -> Iterator[_Named]:
    for frame in tags.values():
        if frame.FrameID == "TXXX":
            yield frame.desc, frame.text
        elif frame.FrameID in ("TMOO", "GRP1"):
            yield frame.FrameID, frame.text


def _of_mp4(tags: Any) -> Iterator[_Named]:
    for key, values in tags.items():
        if key.startswith("----:"):  # then the writer's domain, ":" and the name
            yield key.split(":", 2)[2], values


def _of_ape(tags: Any) -> Iterator[_Named]:
    for name, value in tags.items():
        if value.kind == 0:  # text, NUL between several; others are binary or links
            yield name, [str(value)]


def _clean(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for part in text.split("\0")[:MAX_VALUES]:
            if bare := part.strip()[:MAX_VALUE]:
                yield bare.encode("utf-8", "replace").decode("utf-8")  # lone surrogates become "?"


def _refusal(path: str | bytes | os.PathLike[str], reason: str) -> FileTagsError:
    return FileTagsError(f"{_shown(os.fsencode(path).decode('utf-8', 'replace'))}: {reason}.")


def _shown(text: str) -> str:
    """Return the text as one short line without control characters, for a message."""
    return "".join(c if c.isprintable() else "?" for c in text)[:MAX_SHOWN]
