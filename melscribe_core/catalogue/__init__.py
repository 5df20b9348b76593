"""Wing: what is known of the library's tracks, in one SQLite file.

Reading order: schema (tables, opening, what SQLite's errors mean), lock and checksum, integrity
(one writer at a time, bytes as they were written), catalogue (plan and apply, and all reads),
packed (int8 vectors for the exact scan), neighbours (nearest texts: scan or HNSW graph),
embedding (vectors for what has none).

A new column or table goes into schema, with a new FORMAT: an index of an older format is made anew
from the library.
"""
