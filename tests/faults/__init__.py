"""What may happen to a machine, to files and to words, and that nothing is lost or let in by it.

Every test has a few cases in `make test` and many in `make soak`: see sizes.py.
"""
