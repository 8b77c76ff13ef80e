"""Five hundred sentences as buyers type them, with what they ask. Every second one of a label is held out of tuning.

P person, M my payment, T transferred, I invoice, W warranty, D delivery, S stock, H how to pay, C cancel, O hours,
E comprobante, F how it works, R rejects, A accepts, G greeting or thanks, «-» nothing of these; «>link» a way to pay
that is wished. `found.tsv` holds what was found later by talking to the assistant: all of it is tuned on, and its third
column says whether the sentence asks something that a person must answer («?»).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from seguripago.journey.assistance.rules import HandOver, Intent, Situation, next_moves, understand

LINES = Path(__file__).parent / "labelled" / "sentences.tsv"
FOUND = Path(__file__).parent / "labelled" / "found.tsv"
LETTERS = {
    Intent.PERSON: "P",
    Intent.MY_PAYMENT: "M",
    Intent.TRANSFERRED: "T",
    Intent.INVOICE: "I",
    Intent.WARRANTY: "W",
    Intent.DELIVERY: "D",
    Intent.STOCK: "S",
    Intent.HOW_TO_PAY: "H",
    Intent.CANCEL: "C",
    Intent.HOURS: "O",
    Intent.EVIDENCE: "E",
    Intent.ABOUT: "F",
    Intent.REJECTS: "R",
    Intent.ACCEPTS: "A",
}
AIM = 0.93


def half(held_out: bool) -> list[tuple[str, str]]:
    """Label and sentence of one half, every second line of each label."""
    found: dict[str, list[str]] = {}
    for line in LINES.read_text(encoding="utf-8").splitlines():
        label, text = line.split("\t", 1)
        found.setdefault(label, []).append(text)
    return [(label, text) for label, texts in found.items() for text in texts[int(held_out) :: 2]]


def read(text: str) -> str:
    """What is understood, in the letters of the list. Politeness beside something else is no intent."""
    heard = understand(text)
    letters = sorted(LETTERS[intent] for intent in heard.intents if intent in LETTERS)
    if heard.medium is not None:
        letters.append(f">{heard.medium.value}")
    if not letters and {Intent.GREETING, Intent.THANKS} & set(heard.intents):
        return "G"
    return ",".join(letters) or "-"


def wrong_act(label: str, understood: str) -> bool:
    """Whether something would be done that the sentence does not ask: accept for the buyer, or another way to pay."""
    asked, heard = label.split(","), understood.split(",")
    return any(sign not in asked for sign in heard if sign == "A" or sign.startswith(">"))


def test_the_list_is_long_enough_and_has_no_sentence_twice() -> None:
    texts = [text for held_out in (False, True) for _label, text in half(held_out)]
    assert len(texts) >= 400
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("held_out", [False, True], ids=["tuned", "held_out"])
def test_most_sentences_are_understood_and_none_is_acted_on_that_does_not_ask_for_it(held_out: bool) -> None:
    lines = half(held_out)
    wrong = [(label, read(text), text) for label, text in lines if read(text) != label]
    accuracy = 1 - len(wrong) / len(lines)
    print(f"understood {accuracy:.3f} of {len(lines)} sentences")
    assert [row for row in wrong if wrong_act(row[0], row[1])] == []
    assert accuracy >= AIM, wrong


def found() -> list[tuple[str, str, str]]:
    rows = (line.split("\t") for line in FOUND.read_text(encoding="utf-8").splitlines())
    return [(label, text, "".join(beyond)) for label, text, *beyond in rows]


@pytest.mark.parametrize(("label", "text", "beyond"), found())
def test_what_was_found_by_talking_is_understood_or_goes_to_a_person(label: str, text: str, beyond: str) -> None:
    heard = understand(text)
    assert read(text) == label
    unsure = HandOver("unsure") in next_moves(Situation(greeted=True), heard)
    assert unsure is (beyond == "?")


def test_what_was_found_is_no_sentence_of_the_list() -> None:
    known = {text for held_out in (False, True) for _label, text in half(held_out)}
    assert not known & {text for _label, text, _beyond in found()}
