"""The plugin's settings without a config file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beetsplug.melscribe.settings import Settings


def plugin_settings(**changed: Any) -> Settings:
    """Return the plugin's default settings with some changed."""
    import confuse

    from beetsplug.melscribe.defaults import DEFAULTS
    from beetsplug.melscribe.settings import read_settings

    config = confuse.Configuration("benchmarks", read=False)
    config["melscribe"].add({**DEFAULTS, **changed})
    return read_settings(config["melscribe"])
