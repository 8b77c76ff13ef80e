"""A reader of .po files: only what `makemessages` writes, and strict about everything else."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)])? )?(".*")')


@dataclass(slots=True)
class Entry:
    """One text: the Spanish sentence, its plural if it has one, and the translations in order."""

    source: str = ""
    plural: str = ""
    context: str = ""
    flags: set[str] = field(default_factory=set)
    said: dict[int, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key under which a compiled catalogue keeps the text."""
        return f"{self.context}\x04{self.source}" if self.context else self.source


def read(path: Path) -> tuple[Entry, ...]:
    """Read every entry, the header (whose source is empty) first."""
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    return tuple(_entry(block.splitlines()) for block in blocks)


def _entry(lines: list[str]) -> Entry:
    entry, parts, now = Entry(), dict[tuple[str, int], str](), ("", 0)
    for line in lines:
        if line.startswith("#"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")} if line.startswith("#,") else set()
            continue
        found = LINE.fullmatch(line)
        assert found, f"a line that is none: {line}"
        if found[1]:
            now = (found[1], int(found[2] or 0))
            assert now not in parts, f"said twice: {line}"
        parts[now] = parts.get(now, "") + ast.literal_eval(found[3])
    entry.source = parts.pop(("msgid", 0))
    entry.plural = parts.pop(("msgid_plural", 0), "")
    entry.context = parts.pop(("msgctxt", 0), "")
    entry.said = {number: text for (_, number), text in parts.items()}
    return entry
