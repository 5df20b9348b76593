"""Quality of the answers: the measurements behind choices in the code.

exported_encoder.py compares the 8-bit encoder with its model, fusion.py the ways to join cosines
and words, candidate_recall.py the approximate candidates with an exact scan, ablation.py the parts
of the training recipe. exclusions.py, poor_tags.py and spelling.py ask one question each through
the plugin or the trainer. dialogues.py asks whole dialogues through `beet`, with its parts
dialogue_sets.py, dialogue_ways.py and dialogue_rivals.py. README.md and fusion.md hold the tables.

Choices are made on the development sets only; the MusicCaps evaluation split is never read.
"""
