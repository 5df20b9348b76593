"""Wing: the facts of one track -> its descriptor set.

Reading order: fields (which fields hold genres, moods and styles), vocabulary (junk, aliases, one
spelling for each), pieces (words written together), absences ("no vocals"), sets (facts -> the
set, each descriptor with its sources), filetags (mood and style frames that beets does not read).
tables reads the word lists in data/.

A field is added in fields, a spelling or a junk word in data/; both change the fingerprint of the
rules, so every index compares its tracks anew.
"""
