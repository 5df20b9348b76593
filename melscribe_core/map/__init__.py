"""A map of descriptor sets: where each lies, what its region is called, and the page that shows it.

`layout` turns vectors into places, `families` and `regions` give colours and names, `page` writes
the one file.
"""
