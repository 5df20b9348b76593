"""Errors that the user can act on. The text of each is one sentence, ready to print."""


class MelScribeError(Exception):
    """Base class. The text names the cause and what to do, in one sentence."""


class CatalogueError(MelScribeError):
    """The catalogue file cannot be read, written or understood."""


class DamagedCatalogueError(CatalogueError):
    """The catalogue file is damaged; it can be rebuilt from the library."""


class OutdatedCatalogueError(DamagedCatalogueError):
    """The catalogue file has an older format; it can be rebuilt from the library."""


class ReadOnlyCatalogueError(CatalogueError):
    """The catalogue file or its folder cannot be written; reading works."""


class BusyError(CatalogueError):
    """Another process is writing the catalogue file."""


class EncoderError(MelScribeError):
    """The encoder is missing, damaged or not of the requested kind."""


class FileTagsError(MelScribeError):
    """The tags of one audio file cannot be read."""


class UnreadableAudioError(MelScribeError):
    """The audio of one file cannot be read.

    `format` is a short name such as "m4a": by the content, else the file's extension, "" for none.
    `needs` is what to install, such as "PyAV or ffmpeg"; "" where that would not help. `lasting`
    is whether the cause lies in the file's bytes, so that the same bytes fail again: not for a
    missing file, a time limit, or a decoder that can be installed.
    """

    def __init__(
        self, text: str, format: str = "", needs: str = "", *, lasting: bool = False
    ) -> None:
        super().__init__(text)
        self.format = format
        self.needs = needs
        self.lasting = lasting


class FileError(MelScribeError):
    """An output file cannot be written; `what` names its kind in messages."""

    what = "file"


class PlaylistError(FileError):
    """A playlist cannot be written."""

    what = "playlist"


class SavedError(FileError):
    """The saved descriptions cannot be written."""

    what = "file of saved descriptions"


class MapError(FileError):
    """A map cannot be drawn or written."""

    what = "map"
