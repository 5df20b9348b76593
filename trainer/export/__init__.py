"""Wing: a tuned model -> a folder that `melscribe_core` runs without torch.

Reading order: export (weights, tokenizer, manifest, comparison with the model), onnx_graph (the
8-bit ONNX graph), restore (an exported encoder -> a model to train on), release (the stage
`export`: dev measures before and after, calibration).

Only BERT with mean pooling can be exported. Another architecture needs its own graph beside
onnx_graph and a case in export.read_bert.
"""
