"""The core of MelScribe: descriptors, embeddings, requests and playlists; no beets, no torch.

There are two pipelines.

Tracks: descriptors (facts -> descriptor set) -> catalogue (one SQLite file) -> encoder (texts ->
vectors) -> catalogue again. Beside a track's own tags: hearing (audio file -> what is heard in it)
and lending (what it is lent by its siblings and by what was heard).
Requests: request (words -> what is asked for) or, for a later turn, conversation (words -> what
they change) -> search (question -> hits, best first; taste moves them to the person's kind) ->
playlist (hits -> a list that keeps to its limits -> m3u). languages has what both need of languages
other than English.

index.py joins what answers from one catalogue; songs knows when two titles are one song, map draws
a library, files writes files safely; arrays, errors and text serve all.
tests/repository/test_structure.py says which wing may import which.
"""
