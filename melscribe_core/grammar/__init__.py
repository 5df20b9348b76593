"""The grammar of requests: tokens, patterns, word lists and the rules built on them.

Reading order: tokens, lexicon, scene, pattern; then one module of rules for each kind of constraint
(years, tempo, length, names, exclude); then about, which tidies what is left.
"""
