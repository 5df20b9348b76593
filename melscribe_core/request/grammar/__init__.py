"""The grammar of requests: how words become constraints.

Reading order: tokens (a text cut up), lexicon (the word lists beside these files), scene (what
rules ask about a request), nodes and pattern (the pattern language). Then the readers: numbers,
common, eras, durations, naming, unwanted, bound. Then one module of rules for each kind of
constraint: years, recent, queries, tempo, length, count, shares, names, negation, degree, exclude;
alone reads requests that are only names. Last about, which tidies what is left, and unread, which
tells what negations nothing could read. What rules ask about the library comes in a Context.

To teach it a phrase: add the phrase to a case table of the tests, see it fail, then extend a list
(words.txt, musical.txt, idioms.txt, sayings.txt, acts.txt) or, if no list fits, a rule with its
examples. near.txt holds real words that are no slips of the finger.
"""
