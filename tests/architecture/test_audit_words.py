"""What the audit writes is read by people: every action of every room has its words, and no words are left over."""

from __future__ import annotations

from seguripago.web.monitor.deed_words import DEEDS
from seguripago.web.monitor.words import KINDS, deed

from .audit_words import written


def test_every_action_that_a_room_can_write_has_its_words() -> None:
    actions = written()
    assert len(actions) > 150, "the reader of the code no longer finds them"
    assert {action: where for action, where in actions.items() if deed(action) == action} == {}


def test_no_words_are_kept_for_what_nobody_writes() -> None:
    assert sorted(set(DEEDS) - set(written())) == []


def test_every_kind_of_proposal_has_its_name() -> None:
    kinds = written(("seguripago.foundations.approvals.commands.Asked",), 1, "kind")
    assert len(kinds) > 10
    assert {kind: where for kind, where in kinds.items() if kind not in KINDS} == {}
