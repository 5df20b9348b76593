"""Wing: what is known of the library's tracks, in one SQLite file.

Reading order: schema (tables, opening, what SQLite's errors mean), lock and checksum, integrity
(one writer at a time, bytes as they were written), database (the open file: reads, transactions,
facts about the whole), its tables tracks, vectors, words, file_tags and names, catalogue (all of
them together). Then packed (int8 vectors for the exact scan), embedding (vectors for what has none)
and neighbours (nearest texts: scan or HNSW graph).

A new column or table goes into schema, with a new FORMAT: an index of an older format is made anew
from the library.
"""
