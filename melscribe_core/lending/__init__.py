"""Wing: what a track is lent beside its own tags, by its siblings and by what was heard in it.

Reading order: artists (names that are one artist), kinds (what sort of thing a descriptor is),
siblings (genres and styles that the tracks of an album or artist share), lender (both joined: the
loan of each track), hearing (what was heard of them -> what to lend, with weights).
"""
