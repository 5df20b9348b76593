"""What MelScribe knows of languages other than English: one folder in data/ for each.

A folder is named after the language's code (ISO 639-1) and holds data only; see CONTRIBUTING.md for
how to add one.

Reading order: lists (files of words), glossary (words -> English descriptors), detection (which
language a request is in), phrases (renderings in a text or a tag), rulebook (the rules of a
language, as written). request/foreign compiles and applies them.
"""
