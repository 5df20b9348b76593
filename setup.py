"""Package MelScribe: the beets plugin, its core and the trainer."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
# The neighbour graph, for large collections. It comes without wheels: pip compiles it.
GRAPH = "hnswlib>=0.8,<0.9"

setup(
    name="beets-melscribe",
    version="0.1.0",
    description="Describe the music you want to hear: beets answers with a playlist of your own.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE", "NOTICE"],
    python_requires=">=3.10",
    # `beetsplug` is a namespace package shared by all beets plugins: it never gets an __init__.py.
    # `trainer` is too common a name to own on somebody's machine, so it installs under ours.
    packages=[
        "beetsplug",
        "beetsplug.melscribe",
        *find_packages(include=["melscribe_core", "melscribe_core.*"]),
        "melscribe_trainer",
    ],
    package_dir={"melscribe_trainer": "trainer"},
    package_data={
        "melscribe_core": ["py.typed"],
        "melscribe_core.descriptors": ["data/*"],
        "melscribe_core.encoder": ["model/*"],
        "melscribe_core.search": ["data/*"],
        "melscribe_core.request.grammar": ["*.txt"],
        "melscribe_core.map": ["page.css", "page.html", "page.js"],
        "melscribe_trainer": ["py.typed", "data/prompts/*", "data/requests/*"],
    },
    install_requires=[
        "beets>=2.10,<3",  # the host
        "numpy>=1.24",  # vectors; beets itself needs it
        "onnxruntime>=1.17",  # runs the bundled encoder without torch
        "tokenizers>=0.15",  # the bundled encoder's word pieces
        "mutagen>=1.46",  # mood and style frames that beets does not read
        "click>=8.1",  # the progress bar, the trainer's command line; tokenizers brings it too
    ],
    extras_require={
        "hnsw": [GRAPH],
        "torch": ["torch", "sentence-transformers>=3"],  # any encoder, CUDA for indexing
        "train": [
            "torch",
            "sentence-transformers>=6",  # whose trainer and samplers ours build on
            "accelerate",  # sentence-transformers' trainer needs it
            "datasets",  # likewise
            "matplotlib",  # the picture of a training run
            "onnx",  # writes the model that ships
            "onnxscript",  # torch's ONNX exporter needs it
            "scikit-learn",  # tf-idf, the baseline that the encoder has to beat
        ],
        "dev": [
            GRAPH,
            "build",  # the wheel test
            "hypothesis",  # properties of parsers and writers
            "mypy",
            "pytest",
            "pytest-xdist",  # tests on all cores
            "ruff",
            "types-PyYAML",
        ],
        "soak": ["atheris"],  # fuzzing guided by coverage; there are builds for Linux
    },
    entry_points={"console_scripts": ["melscribe-train=melscribe_trainer.start:main"]},
    classifiers=[
        "License :: OSI Approved :: MIT License",
        "Programming Language :: Python :: 3",
        "Topic :: Multimedia :: Sound/Audio",
    ],
)
