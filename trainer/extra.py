"""The extra `train`: the packages that it installs, and how to install it."""

INSTALL = 'pip install "beets-melscribe[train]"'
PACKAGES = frozenset(  # by the names they are imported by; `evaluate` needs only some of them
    "accelerate click datasets matplotlib onnx onnxscript sentence_transformers sklearn torch"
    " transformers".split()
)
