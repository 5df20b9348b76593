"""Measurements of the whole plugin on a whole collection; nothing here is installed or shipped."""
