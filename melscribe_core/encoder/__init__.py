"""Wing: texts -> unit vectors.

Reading order: encoder (the `Encoder` protocol and `load_encoder`), onnx (exported folders, the
bundled model among them), model_folder (its manifest and files, checked), sentence_encoder (any
sentence-transformers model, with the extra `torch`), calibration (how the cosines of an encoder
become scores), truncation (how much of a long text the tokenizer is given).

Another kind of encoder implements `Encoder`: `encode`, `knows`, `dim`, `fingerprint`,
`calibration`, and gets a branch in `load_encoder`. A folder made by `melscribe-train export` needs
no code.
"""
