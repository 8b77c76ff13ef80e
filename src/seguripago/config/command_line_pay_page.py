"""`seguripago pay-page inventory`: the hashes of the scripts that may run on a page that can take a card."""

import re
from typing import Any

from seguripago.foundations.page_guard.queries import INVENTORY, inventory
from seguripago.web.integrity import integrity

FILES = {"asistente.js": "assistant/loader.js"}
"""What is served under another name than its file's."""


def take_inventory(write: bool = False) -> dict[str, Any]:
    """Compare the inventory with the files; `write` puts the new hashes in, for whoever reviews the change to approve.

    Which scripts there are, who answers for them and why they are there is written by hand.
    """
    text = INVENTORY.read_text(encoding="utf-8")
    changed = []
    for script in inventory().scripts:
        now = integrity(FILES.get(script.file, script.file))
        if now != script.sha384:
            changed.append(script.file)
            entry = rf'(file = "{re.escape(script.file)}"\n(?:[a-z]+ = .*\n)*?sha384 = )"[^"]*"'
            # A hash is base64: it holds no backslash that `re` would read.
            text = re.sub(entry, rf'\g<1>"{now}"', text)
    if write and changed:
        INVENTORY.write_text(text, encoding="utf-8")
    return {"changed": changed, "written": bool(write and changed)}
