"""What MelScribe knows of languages other than English: one folder in data/ for each.

A folder is named after the language's code (ISO 639-1) and holds data only; see CONTRIBUTING.md for
how to add one.
"""
