"""The errors a person can act on. Each one's text is one sentence, ready to print."""


class MelScribeError(Exception):
    """Report what was asked, what was found and what to do, in one sentence."""


class CatalogueError(MelScribeError):
    """The catalogue file cannot be read, written or understood."""


class DamagedCatalogueError(CatalogueError):
    """The catalogue file is broken beyond reading; it can be made anew from the library."""


class OutdatedCatalogueError(DamagedCatalogueError):
    """The catalogue file is of an older format; it can be made anew from the library."""


class ReadOnlyCatalogueError(CatalogueError):
    """The catalogue file, or its folder, cannot be written; what it holds can be read."""


class BusyError(CatalogueError):
    """Another process is writing the catalogue file."""


class EncoderError(MelScribeError):
    """The encoder is missing, damaged or of another kind than asked for."""


class FileTagsError(MelScribeError):
    """The tags of one audio file cannot be read."""


class FileError(MelScribeError):
    """A file that somebody asked for cannot be made or written; `what` it is."""

    what = "file"


class PlaylistError(FileError):
    """A playlist cannot be made or written."""

    what = "playlist"


class SavedError(FileError):
    """The saved descriptions cannot be written."""

    what = "file of saved descriptions"


class MapError(FileError):
    """A map cannot be made or written."""

    what = "map"


class RequestError(MelScribeError):
    """The description says nothing that could be searched for."""
