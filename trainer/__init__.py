"""The trainer: makes, evaluates and exports the bi-encoder that MelScribe ships.

Reading order: cli (the commands), pipeline (the table of stages), then the stages in `training`
and `export`, the data they start from in `data`, and how results are measured in `evaluation`.

Imports go one way: extra, devices, nearest, job and stages are leaves; then data <- evaluation <-
training <- recipes, export <- pipeline <- commands <- cli <- start. training does not import
export. tests/trainer/test_structure.py checks it.

The folder is called trainer and installs as melscribe_trainer, because `trainer` is too common a
name for an installed package. Imports inside are relative, so both names work.
"""
