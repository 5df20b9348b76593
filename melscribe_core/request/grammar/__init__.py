"""Grammar: the rules that turn the words of a request into constraints.

Reading order:
1. Text: tokens (tokenizer), lexicon (the word lists *.txt), context (look-ups in the library),
   scene (the tokens of one request and the tests on them).
2. Pattern language: nodes (what a compiled pattern is made of), pattern (terms, rules, `Grammar`).
3. Terms, the slots of patterns: numbers, common, eras, durations, name_spans, unwanted, affixes.
4. Rules, one module for each kind of constraint: years, recent, tempo, length, count, shares,
   artists, negation, degree, exclude, queries.
5. What no rule claims: evidence (are words meant as a name), names_only (a request of names only),
   listed_names and leading_names (names beside whatever else is said), about (the free text),
   unread_negations (negations that no rule could read).

To add a phrase: add it to a table in tests/data/requests and see the test fail. Then extend a word
list (words.txt, musical.txt, idioms.txt, sayings.txt, acts.txt) or, if no list fits, add a rule
with examples (`yes`) and near misses (`no`).
"""
