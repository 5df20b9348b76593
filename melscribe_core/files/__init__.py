"""Wing: files that belong to the user, written whole or not at all.

Reading order: writing (temporary file, then rename), file_types (what a file is, by its first
bytes), overwriting (which existing file may be replaced by what).

A new kind of output calls `overwriting.refuse_foreign` before the work and `writing.write_whole`
at the end. A new file type is one row in file_types.
"""
