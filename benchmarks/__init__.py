"""Measurements of MelScribe; nothing here is installed.

- speed/: the plugin as a user runs it: whole `beet` processes, on libraries of any size. Reading
  order: run.py, rounds.py, process.py, report.py.
- quality/: which tracks a request finds, and what was tried for it.
- house.py: how many files a reader of the code passes through to follow one command, with
  traced_beet.py, which records what a command calls.

paths.py says where everything is, settings.py what the plugin does without a config file.

Each README.md holds the tables, with the command beside each. A new measurement is a module with
`main` and `_options`, run by `python -m`, and a section in the README.md of its folder.
"""
