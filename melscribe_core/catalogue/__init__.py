"""Wing: the index of the library's tracks, in one SQLite file.

Reading order: schema (tables, opening, SQLite's errors), lock and checksum, integrity (write lock
and damage check of the file), database (the open file: reads, transactions, metadata), its tables
tracks, vectors, words, file_tags, mirror (what changed in the library), columns (numbers of all
tracks as arrays), excess (how much nearer to all texts what was heard lies), names and facts,
catalogue (all of them together). Then packed (int8 vectors for the exact scan), embedding (encodes
what has no vector yet) and neighbours (nearest texts: scan or HNSW graph).

A new column or table goes into schema, with a new FORMAT: an index of an older format is rebuilt
from the library.
"""
