"""Quality of the answers: the measurements behind choices in the code.

exported_encoder.py compares the 8-bit encoder with its model, fusion.py the ways to join cosines
and words, candidate_recall.py the approximate candidates with an exact scan, ablation.py the parts
of the training recipe. exclusions.py, languages.py, lending.py, meanings.py, poor_tags.py and
spelling.py ask one question each through the plugin or the trainer. hearing.py, with the clips of
hearing_clips.py, measures what is heard, alignment.py aligns words with it. taste.py measures what
a taste adds to the search, preference.py adapters trained from favours. dialogues.py asks whole
dialogues through `beet`, with its parts dialogue_sets.py, dialogue_ways.py and dialogue_rivals.py.
README.md, fusion.md and taste.md hold the tables.

Choices are made on the development sets only; the MusicCaps evaluation split is never read.
"""
