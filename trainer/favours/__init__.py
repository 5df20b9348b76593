"""Wing: what people favoured -> a small adapter over the frozen encoder, and what it is worth.

Reading order: items (the rows of a file -> descriptors and vectors), people (favours -> who likes
what, and by which words), groups (likes that go together; triplets and what is known of them),
adapter (what numpy applies and a file holds), replay (the pairs of stage 1), learning (the
losses in torch), matching (are liked items found?), retention (are words still understood?),
material (all of it, read and encoded once), report (the table), prefer (the page: all of it).

`alignment` has the same second stage for towers of audio; losses, fusion and the loop are its own.
"""
