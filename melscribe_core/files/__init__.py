"""Wing: atomic writing of the user's files, and refusal to overwrite foreign ones.

Reading order: writing (temporary file, then rename), file_types (kind of a file by name and first
bytes), overwriting (which existing file may be replaced by what).

A new kind of output calls `overwriting.refuse_foreign` before the work and `writing.write_whole`
at the end. A new file type is one row in file_types.
"""
