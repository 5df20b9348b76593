"""What the person's config says, checked when a command runs (never at start.

It would kill every command).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import confuse
from beets.ui import UserError

from beetsplug.melscribe import checking
from beetsplug.melscribe.defaults import DEFAULTS
from melscribe_core.errors import PlaylistError

if TYPE_CHECKING:
    from melscribe_core.playlist.m3u import Options


@dataclass(frozen=True)
class Settings:
    """The section `melscribe:` of the config, every value of its right kind.

    Docs/config.md says what each does.
    """

    encoder: str | None
    index: Path | None
    threads: int | None
    file_tags: bool
    fields: tuple[str, ...]
    junk: tuple[str, ...]
    aliases: dict[str, str]
    query: tuple[str, ...]
    number: int
    per_artist: int
    per_album: int
    min_score: float
    query_number: int
    auto: bool
    playlists: tuple[object, ...]  # entries as they stand there, checked by what reads them
    playlist_dir: bytes | None
    playlist: Options


def read_settings(config: confuse.ConfigView) -> Settings:
    """Return the checked settings; raise UserError naming the key that is not in DEFAULTS.

    A value of the wrong kind raises confuse.ConfigError, which beets prints as one sentence with
    the key.
    """
    checking.refuse_unknown(config, DEFAULTS)
    return Settings(
        encoder=checking.text(config["encoder"]) or None,
        index=checking.path(config["index"]),
        threads=checking.at_least(config["threads"], 0) or None,
        file_tags=checking.yes_or_no(config["file_tags"]),
        fields=checking.strings(config["fields"]),
        junk=checking.strings(config["junk"], split=False),
        aliases=checking.pairs(config["aliases"]),
        query=checking.queries(config["query"]),
        number=checking.at_least(config["number"], 1),
        per_artist=checking.at_least(config["per_artist"], 0),
        per_album=checking.at_least(config["per_album"], 0),
        min_score=checking.share(config["min_score"]),
        query_number=checking.at_least(config["query_number"], 1),
        auto=checking.yes_or_no(config["auto"]),
        playlists=checking.entries(config["playlists"]),
        playlist_dir=checking.folder_at(config["playlist"]["playlist_dir"]),
        playlist=_playlist(config["playlist"]),
    )


def _playlist(view: confuse.ConfigView) -> Options:
    from melscribe_core.playlist.m3u import Options

    try:
        return Options(
            relative_to=checking.folder_at(view["relative_to"]),
            forward_slash=checking.yes_or_no(view["forward_slash"]),
            prefix=checking.text(view["prefix"]) or "",
            urlencode=checking.yes_or_no(view["urlencode"]),
            uri_format=checking.text(view["uri_format"]),
            dest_regen=checking.yes_or_no(view["dest_regen"]),
            output=checking.text(view["output"]) or "extm3u",
            fields=checking.strings(view["fields"]),
        )
    except PlaylistError as error:  # begins with the name of the option
        raise UserError(f"{view.name}.{error}") from error
