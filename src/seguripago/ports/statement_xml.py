"""XML of any length by local names, element after element, without document types.

Shared by the formats that are XML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers import expat

from seguripago.ports.bank_feeds import Unreadable

BLOCK: Final = 262_144
DEEPEST: Final = 60


def elements(file: BinaryIO, wholes: Collection[str]) -> Iterator[tuple[int, Element | None]]:
    """Give the parts of every whole (an element of those names) as they end, each forgotten afterwards: (1, element).

    (0, None) marks the start of a whole. Raises Unreadable for what is no such file or breaks off.
    """
    without_dtd(file)
    parser: Any = XMLPullParser(("start", "end"))
    stack: list[Element] = []
    root = ""
    inside = 0
    closed = False
    file.seek(0)
    try:
        while True:
            block = file.read(BLOCK)
            parser.feed(block) if block else parser.close()
            events: Iterator[tuple[str, Element]] = parser.read_events()
            for event, element in events:
                if event == "start":
                    root = root or name_of(element)
                    stack.append(element)
                    if len(stack) > DEEPEST:
                        raise Unreadable("too_deep")
                    if name_of(element) in wholes and not inside:
                        inside = len(stack)
                        yield 0, None
                    continue
                stack.pop()
                depth = len(stack) + 1 - inside
                if inside and depth == 1:
                    yield depth, element
                    if stack:
                        stack[-1].remove(element)
                    element.clear()
                elif inside and depth == 0:
                    inside, closed = 0, True
                    element.clear()
            if not block:
                break
    except ParseError:
        raise Unreadable("broken_off" if root else "no_xml") from None
    if not closed:
        raise Unreadable("no_statement")


def without_dtd(file: BinaryIO) -> None:
    """Refuse a document type: it stands before the root or nowhere, so only that far is looked. Raises Unreadable."""
    file.seek(0)
    parser = expat.ParserCreate()
    begun = False

    def refuse(*_: object) -> None:
        raise Unreadable("dtd")

    def root(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = root
    try:
        for _ in range(64):
            block = file.read(4_096)
            parser.Parse(block, not block)
            if begun or not block:
                break
    except expat.ExpatError:
        if not begun:
            raise Unreadable("no_xml") from None
    if not begun:
        raise Unreadable("no_xml")


def name_of(element: Element) -> str:
    """The element's name without its namespace: banks write CAMT.053 in several versions."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :]


def find(element: Element | None, name: str) -> Element | None:
    """The first child of this name, None without one (or without an element)."""
    if element is None:
        return None
    return next((child for child in element if child.tag[child.tag.rfind("}") + 1 :] == name), None)


def every_child(element: Element, name: str) -> list[Element]:
    """The children of this name, in their order."""
    return [child for child in element if child.tag[child.tag.rfind("}") + 1 :] == name]


def text_of(element: Element | None, name: str) -> str:
    """The text of the first child of this name, without surrounding space; empty without one."""
    child = find(element, name)
    return (child.text or "").strip() if child is not None else ""


def every_text(element: Element, name: str) -> list[str]:
    """The texts of every element of this name, however deep, that has one."""
    return [
        text
        for each in element.iter()
        if each.tag[each.tag.rfind("}") + 1 :] == name and (text := (each.text or "").strip())
    ]
