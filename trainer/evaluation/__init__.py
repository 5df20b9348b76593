"""Wing: how good an encoder is.

Reading order: metrics (rankings -> recall, MRR, nDCG), sets (what is asked and what is relevant),
encoders and systems (what ranks), evaluate (systems on sets), table (results as text); dev (the
measures during training); calibrate (from evidence to a score).

A new measure goes into metrics.MEASURES, a new system into systems.load_system, a new kind of test
set into sets.
"""
