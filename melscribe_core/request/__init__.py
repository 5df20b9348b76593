"""Wing: the words of a request -> what it asks for.

Reading order: request (`parse`: words -> `Request`), grammar/ (the rules that read it), refinement
(a request and the remarks after it -> one `Request`), names (a name as it was written -> artists,
titles and albums of the library).

A new rule goes into grammar/; a new demand is a field of `Request`, read by a rule and said by
`understood`.
"""
