"""What pyproject.toml cannot state well: the packages, their folders and their data files.

Everything else (name, version, dependencies, extras, commands) is in pyproject.toml.
"""

from setuptools import find_packages, setup

setup(
    # `beetsplug` is a namespace package shared by all beets plugins: it never gets an __init__.py.
    # `trainer` is too common a name for an installed package: it is installed as melscribe_trainer.
    packages=[
        "beetsplug",
        "beetsplug.melscribe",
        *find_packages(include=["melscribe_core", "melscribe_core.*"]),
        "melscribe_trainer",
        "melscribe_trainer.alignment",
        "melscribe_trainer.commands",
        "melscribe_trainer.data",
        "melscribe_trainer.evaluation",
        "melscribe_trainer.export",
        "melscribe_trainer.favours",
        "melscribe_trainer.hearing",
        "melscribe_trainer.training",
    ],
    package_dir={"melscribe_trainer": "trainer"},
    package_data={
        "melscribe_core": ["py.typed"],
        "melscribe_core.descriptors": ["data/*"],
        "melscribe_core.encoder": ["model/*"],
        "melscribe_core.hearing": ["data/*", "model/*"],
        "melscribe_core.languages": ["data/*.txt", "data/*/*"],
        "melscribe_core.search": ["data/*"],
        "melscribe_core.request.grammar": ["*.txt"],
        "melscribe_core.map": ["page.css", "page.html", "page.js"],
        "melscribe_trainer": ["py.typed"],
        "melscribe_trainer.data": ["languages/*.md", "languages/*/*", "prompts/*", "requests/*"],
    },
)
