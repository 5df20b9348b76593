"""What MelScribe knows of languages other than English: one folder in data/ for each.

A folder is named after the language's code (ISO 639-1) and holds data only; see CONTRIBUTING.md for
how to add one.

Reading order: lists (the text files), glossary (words -> English descriptors), detection (which
language a request is in), phrases (phrases and tags -> the English descriptors that they mean),
rulebook (the rules of a language, as written). request/foreign compiles and applies the rules.
"""
