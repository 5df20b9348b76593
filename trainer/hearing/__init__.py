"""Wing: the nets of the package musicnn -> the two nets that `melscribe_core.hearing` runs.

Reading order: checkpoint (TensorFlow's files -> variables), musicnn_graph (variables -> ONNX),
export (the package -> a folder with both nets and their manifest).

Nothing is trained here, and TensorFlow is not needed.
"""
