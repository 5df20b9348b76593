"""The trainer: makes, evaluates and exports the bi-encoder that MelScribe ships.

Reading order: cli (the commands), pipeline (the table of stages), then the stages in `training` and
`export`, the data they start from in `data`, and how results are measured in `evaluation`.

Beside them, `hearing` converts the nets that hear tracks, `alignment` trains a tower from what they
hear to the text space, and `favours` an adapter from what people like.

Imports go one way: extra, devices, nearest, clock, job and stages (what all share) <- data <-
evaluation <- training <- alignment <- favours <- recipes, export, hearing <- pipeline <- commands
<- cli <- start (the entry point). tests/trainer/test_structure.py checks this order and the one
inside each wing.

The folder is called trainer and installs as melscribe_trainer, because `trainer` is too common a
name for an installed package. Imports inside are relative, so both names work.
"""
