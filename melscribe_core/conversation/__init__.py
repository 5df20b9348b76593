"""Wing: one turn of a conversation about a playlist -> what it asks to change.

Reading order:
1. Text: edges (words at the beginning and the end of a clause that ask for nothing), clauses (a
   turn -> its clauses).
2. Rules, written in the pattern language of the request grammar: phrases (the slots of patterns),
   judging (what several modules test), places (which tracks "the second one" means), then one
   module for each kind of move: afresh, unwanted, onward, changes, questions, wishes; moves
   collects them.
3. Result: wording (names and words as others read them), remark (`read_remark`: the moves of all
   clauses together).

The wing knows no library: whether a phrase is a name is a look-up that the caller passes in. What
a turn describes stays in `Remark.words`, which the request grammar reads.

To add a phrase: add a turn to tests/data/requests/remarks/remarks.tsv and see the test fail. Then
extend a list (edges, phrases) or, if none fits, add a rule with examples (`yes`) and near misses
(`no`).
"""
