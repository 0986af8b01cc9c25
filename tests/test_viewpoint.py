"""Whose view it is: somebody else's call to act is not the author's, the author's own is."""

import json
from typing import NamedTuple

import pytest
from conftest import ROOT

import lankov_claims as lc


class Call(NamedTuple):
    """A sentence that speaks of something to be done, and whether the author calls for it."""

    text: str
    own: bool
    form: str


PATH = ROOT / "tests/corpus/viewpoint.jsonl"
CALLS = [Call(**json.loads(line)) for line in PATH.read_text(encoding="utf-8").splitlines()]


def misread(calls: list[Call], rules: lc.RuleSet) -> list[Call]:
    """The calls that rules read as the author's although they are not, or the other way round."""
    wrong = []
    for call in calls:
        (paragraph,) = lc.build_outline(call.text, rules).paragraphs
        if (paragraph.tag is lc.Tag.RECOMMENDATION) is not call.own:
            wrong.append(call)
    return wrong


def test_the_table_holds_as_many_calls_of_others_as_of_the_author() -> None:
    assert [sum(call.own is own for call in CALLS) for own in (False, True)] == [110, 110]
    assert len({call.text for call in CALLS}) == len(CALLS)


@pytest.mark.parametrize("own", [False, True], ids=["of others", "of the author"])
def test_nine_in_ten_calls_are_read_as_whose_they_are(own: bool, shipped_rules: lc.RuleSet) -> None:
    calls = [call for call in CALLS if call.own is own]
    wrong = misread(calls, shipped_rules)
    listed = "".join(f"\n  {call.form}: {call.text}" for call in wrong)
    assert len(wrong) <= len(calls) // 10, f"{len(wrong)} of {len(calls)} are misread:{listed}"
