"""Hand a table out as a file, while it is read: CSV or XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.http import Http404, StreamingHttpResponse

from seguripago.ports import registry
from seguripago.ports.spreadsheets import FAMILY, Sheet, SpreadsheetWriter


def export(sheets: Sequence[Sheet], *, to: str, filename: str) -> StreamingHttpResponse:
    """Answer the sheets as a download: `to` is a writer's slug ("csv", "xlsx"), `filename` has no extension.

    Raises Http404 for a format that nobody writes. Rows are read while the answer goes out: give pages, not a list.
    """
    writer: SpreadsheetWriter | None = registry.adapters(FAMILY).get(to)
    if writer is None:
        raise Http404
    answer = StreamingHttpResponse(writer.write(sheets), content_type=writer.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{_plain(filename)}.{writer.extension}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def formats() -> tuple[tuple[str, str], ...]:
    """List what a table can be exported to: slug and title."""
    return tuple((writer.slug, writer.title) for writer in registry.adapters(FAMILY).values())


def _plain(name: str) -> str:
    """Keep what every file system and header takes."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", bare).strip("-.")[:80] or "seguripago"
