"""Wing: what is wanted -> tracks, best first, with the reasons.

Forms on the way: `Wish` (what is wanted, in words) -> `Question` (the same as vector, words to look
up and exclusions) -> `ScoredSet` (a descriptor set that answers) -> `Hit` (a track that has it).

Reading order: search (question -> hits), candidates (the sets and vectors that it scores), question
(wish -> question), hit (what is returned), words (FTS5 expressions, word scores, how words and
meaning join), exclusion (unwanted phrases -> descriptors that are forbidden or count against a
track), titles (tracks found by their own names), mentions (descriptors that a text names), everyday
(words that are meant in their everyday sense), lookup (words as descriptors spell them), rendering
(requests in other languages), slips (typing errors), recognition (names that no track has), loans
(how much less counts what a track is only lent).

A new kind of evidence is a score in 0..1, a field of `ScoredSet` and `Hit`, joined in
`words.evidence`.
"""
