"""The core of MelScribe: descriptors, embeddings, requests and playlists; no beets, no torch.

There are two pipelines.

Tracks: descriptors (facts -> descriptor set) -> catalogue (one SQLite file) -> encoder (texts ->
vectors) -> catalogue again.
Requests: request (words -> what is asked for) -> search (question -> hits, best first) ->
playlist (hits -> a list that keeps to its limits -> m3u).

index.py joins what answers from one catalogue; songs knows when two titles are one song, map draws
a library, files writes files safely; arrays, errors and text serve all.
tests/repository/test_structure.py says which wing may import which.
"""
