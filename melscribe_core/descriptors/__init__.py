"""Wing: the facts of one track -> its descriptor set.

Reading order: fields (which fields are read, and what their values mean), vocabulary (junk,
aliases, one spelling for each descriptor), pieces (a value -> the things that it lists), absences
(tags such as "no vocals"), spelt (tags in other languages), sets (facts -> the set, each descriptor
with its sources), lent (what a track is lent beside its tags, as one line), filetags (mood and
style tags that beets does not read). tables reads the word lists in data/.

A field is added in fields, a spelling or a junk word in data/. Both change the fingerprint of the
rules, so every index compares its tracks again.
"""
