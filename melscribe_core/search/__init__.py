"""Wing: what is wanted -> tracks, best first, with the reasons.

Reading order: search (`Wish` -> `Question` -> `Hit`), words (FTS5 expressions, word scores, how
words and meaning join), exclusion (what is unwanted -> descriptors that are out or count against a
track), mentions (which descriptors a text names), slips (typing slips), recognition (what the
library does not have).

A new kind of evidence is a score in 0..1 in `Found` and `Hit`, joined in `words.evidence`.
"""
