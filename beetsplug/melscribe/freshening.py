"""Before an answer: the index follows the library, and what that took is said."""

from __future__ import annotations

from beetsplug.melscribe import output
from beetsplug.melscribe.index import LibraryIndex
from melscribe_core.errors import BusyError, CatalogueError, ReadOnlyCatalogueError


def bring_up_to_date(index: LibraryIndex) -> list[str]:
    """Refresh the index when the library moved; return what the person should know about it."""
    if index.is_current():
        return []
    if index.is_new() and not index.repaired:
        output.say("first use: indexing the library (once; later only what changed)")
    try:
        report = index.refresh(output.progress)
    except (BusyError, ReadOnlyCatalogueError) as error:
        if index.can_answer():
            return [_outdated(error)]
        raise
    moved = len(report.plan.new) + len(report.plan.changed) + len(report.plan.gone)
    if not (moved or report.embedded):
        return report.notes
    return [f"index brought up to date: {output.planned(report.plan)}", *report.notes]


def _outdated(error: CatalogueError) -> str:
    """Say why the answer is from what the index already held."""
    if isinstance(error, BusyError):
        why = "another beet is bringing the index up to date"
    else:
        why = "the index is read-only and cannot be brought up to date"
    return f"{why}; this answer is from what it holds so far"
