"""Wing: audio + text pairs -> a tower from what was heard to the text space of the encoder.

Reading order: examples (the rows of a file), audio (audio files -> what was heard, cached),
partition (albums -> training, dev and test), wording (the texts of a track and their vectors), net
(the tower in torch), objectives (the losses), descent (the loop: steps, checkpoints, journal),
retrieval (what is measured on held-out albums), rivals (the vectors without training that it has
to beat), semantic (stage 1), triplets and preference (stage 2), comparison (the
report on all of them), align (the page: all of it).

The encoder is frozen throughout. The tower that is written runs without torch in
melscribe_core/hearing/tower.py. A further stage is a function from a net to a better one, such as
semantic.learn_semantics, and a stage in align.py.
"""
