"""Wing: texts -> unit vectors.

Reading order: encoder (the `Encoder` protocol, the bundled ONNX model, `load_encoder`),
calibration (how cosines of this encoder read as scores), truncation (how much of a text a
tokenizer is given), sentence_encoder (any sentence-transformers model, with the extra `torch`).

Another encoder implements `Encoder`: `encode`, `knows`, `dim`, `fingerprint`, `calibration`. A
folder made by `melscribe-train export` needs no code.
"""
