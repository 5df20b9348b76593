"""Request: the words of the user -> what they ask for.

Reading order: folding (what two spellings have in common), request (`parse`: words -> `Request`),
grammar/ (the rules), refinement (a request and the remarks after it -> one `Request`), names (a
name as written -> artists, titles and albums of the library).

A new phrase or rule goes into grammar/. A new constraint is a field of `Request`, set by a rule and
shown by `understood`.
"""
