"""Request: the words of the user -> what they ask for.

Reading order: folding (what two spellings have in common), request (`parse`: words -> `Request`),
grammar/ (the rules), foreign/ (those of other languages), refinement (a request and the remarks
after it -> one `Request`), joint_names ("A & B" -> A, B), spelling (how far apart two spellings
are, and how they sound), names (the names of a library and their index keys), resolution (a name as
written -> artists, titles and albums of the library), near_names (the same for a misspelt artist).

A new phrase or rule goes into grammar/. A new constraint is a field of `Request`, set by a rule and
shown by `understood`.
"""
