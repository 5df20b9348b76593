"""Wing: one turn of a conversation about a playlist -> what it asks to change.

Reading order: clauses (a turn -> its clauses), phrases (words without a request of their own, the
terms of the patterns), moves (the rules: what a clause asks for), remark (`read_remark`: the moves
of all clauses together).

The wing knows no library: whether a phrase is a name is a look-up that the caller passes in. What
a turn describes stays in `Remark.words`, which the request grammar reads.

To add a phrase: add a turn to tests/data/requests/remarks/remarks.tsv and see the test fail. Then
extend a list in phrases or, if none fits, add a rule to moves with examples (`yes`) and near misses
(`no`).
"""
