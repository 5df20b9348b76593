"""Wing: the stages from data to a tuned model, one page each, and what they share.

Stages in order: prepare (pairs and dev tests), mine (hard negatives), teach (tune the
cross-encoder), label (its margins), fit (tune the bi-encoder), average (the mean of weights).

Shared: negatives, teacher, plan (the rows of a run), ragged, tokens and masks (tables from which a
batch is picked), batches, loss, hooks (into sentence-transformers' trainer), checkpoints, plot.

A stage is a function NAME_stage(folders of earlier stages, options, job) that fills `job.out` and
returns its results for the manifest; pipeline.STEPS calls it. An option is a field of the stage's
dataclass; tests/trainer/training/test_fit.py checks that each changes the model.
"""
