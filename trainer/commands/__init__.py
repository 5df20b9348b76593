"""Wing: the commands of `melscribe-train`, one page each.

Reading order: command (how an error becomes a message and an exit status), train (a command per
stage, and `settings`), evaluate, generate (`rephrase` and `caption`), export, weights (`soup` and
`restore`), hearing (`hearing-export`), align, prefer.

Modules of the trainer that need torch are imported inside the functions, so that `--help` is fast.
A new command is a `Command` in a page of its own and is listed in cli.py.
"""
