"""What a page that can take a card may carry, and in what a page that was served differs from it. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

NONCE: Final = "'nonce'"
ASSISTANT: Final = "assistant"
"""Stands where the chat's own origin is let through, if it has one."""
_NONCE: Final = re.compile(r"'nonce-[A-Za-z0-9+/_=-]{16,}'")
_FINGERPRINT: Final = re.compile(r"\.[0-9a-f]{12}(?=\.[a-z0-9]+$)")
_PAGES: Final = re.compile(r"[A-Za-z0-9_-]{16,}")


@dataclass(frozen=True, slots=True)
class Script:
    """A script of ours: its file, who answers for it, what it is for on these pages, and what it must be."""

    file: str
    owner: str
    why: str
    sha384: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that such a page may bear. `policy` and `headers` as they are sent, but for NONCE and ASSISTANT."""

    scripts: tuple[Script, ...]
    policy: Mapping[str, frozenset[str]]
    headers: Mapping[str, str]

    def script(self, file: str) -> Script | None:
        return next((each for each in self.scripts if each.file == file), None)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What else this one page may bear: whose gateway it speaks with (origins by directive), where the chat lives."""

    gateway_scripts: frozenset[str] = frozenset()
    gateway_origins: Mapping[str, frozenset[str]] = field(default_factory=dict)
    assistant_origin: str = ""

    def may(self, directive: str, address: str, page: str) -> bool:
        """Whether a page may frame or send to an address."""
        return _origin(address) in {_origin(page), self.assistant_origin, *self.gateway_origins.get(directive, ())}


@dataclass(frozen=True, slots=True)
class Tag:
    """A script as the page names it."""

    address: str
    integrity: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a buyer gets it. `served` are the bytes of its scripts by address; one that did not come is absent."""

    address: str
    headers: Mapping[str, str]
    scripts: tuple[Tag, ...]
    frames: tuple[str, ...]
    forms: tuple[str, ...]
    inline: int
    handlers: tuple[str, ...]
    served: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """In what a page differs: a code of ours and what it is about."""

    code: str
    what: str


def sha384(content: bytes) -> str:
    """The hash of a file as an `integrity` attribute has it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def file_of(address: str) -> str:
    """The file behind an address of ours: `/static/desk/live.0123456789ab.js` is `desk/live.js`."""
    path = urlsplit(address).path
    return _FINGERPRINT.sub("", path.removeprefix("/static/").removeprefix("/"))


def page_of(path: str) -> str:
    """The kind of page behind a path, without what would name an order: tokens and numbers become `…`."""
    parts = ["…" if _PAGES.fullmatch(part) or any(map(str.isdigit, part)) else part for part in path.split("/")]
    return "/".join(parts)[:80]


def read(address: str, text: str, headers: Mapping[str, str]) -> Page:
    """Read what a page carries from its text."""
    parser = _Reader(address)
    parser.feed(text)
    parser.close()
    return Page(
        address,
        headers,
        tuple(parser.scripts),
        tuple(parser.frames),
        tuple(parser.forms),
        parser.inline,
        tuple(parser.handlers),
    )


def compare(page: Page, inventory: Inventory, allowed: Allowed) -> tuple[Finding, ...]:
    """In what a page differs from what was written down; empty when in nothing."""
    found = [*_of_policy(page, inventory, allowed), *_of_headers(page, inventory)]
    if page.inline:
        found.append(Finding("inline_script", str(page.inline)))
    found += [Finding("event_handler", each) for each in page.handlers]
    for tag in page.scripts:
        found += _of_script(tag, page, inventory, allowed)
    strange = [each for each in page.frames if not allowed.may("frame-src", each, page.address)]
    found += [Finding("foreign_frame", each) for each in strange]
    strange = [each for each in page.forms if not allowed.may("form-action", each, page.address)]
    found += [Finding("foreign_form", each) for each in strange]
    return tuple(found)


def _of_script(tag: Tag, page: Page, inventory: Inventory, allowed: Allowed) -> list[Finding]:
    here = urlsplit(tag.address)._replace(query="", fragment="").geturl()
    found = [] if tag.nonce else [Finding("no_nonce", here)]
    if here in allowed.gateway_scripts:
        # A gateway changes its own script when it likes: what came is kept, and neither hash nor fault.
        return found
    known = inventory.script(file_of(here))
    if known is None or _origin(here) not in {_origin(page.address), allowed.assistant_origin}:
        return [*found, Finding("unknown_script", here)]
    if tag.integrity != known.sha384:
        found.append(Finding("wrong_integrity", here))
    content = page.served.get(tag.address)
    if content is None:
        found.append(Finding("script_away", here))
    elif sha384(content) != known.sha384:
        found.append(Finding("changed_script", here))
    return found


def _of_policy(page: Page, inventory: Inventory, allowed: Allowed) -> list[Finding]:
    said = _policy(page.headers.get("content-security-policy", ""))
    if not said:
        return [Finding("header_missing", "Content-Security-Policy")]
    found = []
    for directive in sorted({*said, *inventory.policy}):
        expected = _expected(directive, inventory, allowed)
        has = said.get(directive)
        if has != expected:
            shown = " ".join(sorted(has)) if has is not None else "-"
            found.append(Finding("policy_changed", f"{directive}: {shown}"))
    return found


def _expected(directive: str, inventory: Inventory, allowed: Allowed) -> frozenset[str] | None:
    written, gateway = inventory.policy.get(directive), allowed.gateway_origins.get(directive, frozenset())
    if written is None:
        return gateway or None
    assistant = {allowed.assistant_origin} if ASSISTANT in written and allowed.assistant_origin else set()
    return frozenset(written - {ASSISTANT} | assistant | gateway)


def _policy(header: str) -> dict[str, frozenset[str]]:
    policy = {}
    for part in filter(None, map(str.strip, header.split(";"))):
        directive, *sources = part.split()
        policy[directive.lower()] = frozenset(_NONCE.sub(NONCE, source) for source in sources)
    return policy


def _of_headers(page: Page, inventory: Inventory) -> list[Finding]:
    found = []
    for name, expected in inventory.headers.items():
        has = page.headers.get(name.lower())
        if has is None:
            found.append(Finding("header_missing", name))
        elif has != expected:
            found.append(Finding("header_changed", f"{name}: {has}"))
    return found


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class _Reader(HTMLParser):
    """Collects what runs, what frames and what is sent where."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.scripts: list[Tag] = []
        self.frames: list[str] = []
        self.forms: list[str] = []
        self.inline = 0
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.handlers += [f"{tag} {name}" for name in told if name.startswith("on")]
        if tag == "script":
            if told.get("type") in {"application/json", "application/ld+json"}:
                return
            if "src" in told:
                address = urljoin(self.address, told["src"])
                self.scripts.append(Tag(address, told.get("integrity", ""), told.get("nonce", "")))
            else:
                self.inline += 1
        elif tag in {"iframe", "frame", "object", "embed"}:
            self.frames.append(urljoin(self.address, told.get("src") or told.get("data", "")))
        elif tag == "form" and "action" in told:
            self.forms.append(urljoin(self.address, told["action"]))
