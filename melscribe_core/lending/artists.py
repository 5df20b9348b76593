"""Which names are those of one artist, whose tracks are siblings."""

from __future__ import annotations

_SEVERAL = frozenset(
    "various; various artists; va; v.a.; v/a; unknown; unknown artist; [unknown]; <unknown>; artist"
    "; soundtrack; original soundtrack; ost; anonymous; [anonymous]; traditional; [traditional]"
    "; no artist; [no artist]; verschiedene; verschiedene interpreten; divers; varios artistas"
    "; vari; artisti vari; diverse".split("; ")
)


def one_artist(name: str) -> str:
    """Return a name in lower case, "" for one that many artists share: "Various Artists"."""
    plain = " ".join(name.lower().split())
    return "" if plain in _SEVERAL else plain
