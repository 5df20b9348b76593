"""Taste: what a person favours in their own library, as one vector, and what that adds to a search.

Reading order: taste (the vector and how it scores), preferred (the same in words), learning
(favourites -> both), stored (its file).

A taste only moves tracks that answer anyway: what is admitted is decided without it.
"""
