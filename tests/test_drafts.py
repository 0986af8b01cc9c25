"""``drafts``: what a revision of a text does to its argument."""

import json
import time
from itertools import combinations
from pathlib import Path

import pytest
from conftest import Run, rule, rule_set, skip_rule
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

RULES = rule_set(
    rule("praise", ["good"], weight=3),
    rule("figure", [r"/\d+/"], tag="evidence", weight=2),
    rule("must", ["must"], tag="recommendation", weight=4),
    skip=[skip_rule("advert", ["AD", "… today!"])],
)
# Paragraphs with few words in common, by a name each.
PARTS = {
    "a": "Tea is good for the whole of our town.",
    "A": "Tea is not quite so for the whole of our town.",
    "a2": "Tea costs 2 pounds for the whole of our town.",
    "b": "Last winter 31 children walked home along the canal.",
    "c": "Whoever runs this council must light that path.",
    "d": "Nobody asked, when lamps were cheap, where they should stand.",
    "e": "Engineers counted 7 broken poles before breakfast.",
    "x": "AD",
    "S": "Buy this fine lamp for the whole of our town today.",
    "S2": "Buy this fine lamp for the whole of our town today!",
}


def test_of_a_paragraph_without_cues_no_scores_are_told() -> None:
    diff = lc.compare_drafts(
        draft("d e"),
        lc.build_outline(
            f"{PARTS['d'].replace('cheap', 'dear')}\n\n{PARTS['e']}", lc.parse_rules(RULES)
        ),
    )
    lines = lc.set_lines(lc.drafts_lines(diff, verbose=True))
    assert "rewritten" in lines
    assert "scores" not in lines


def test_a_paragraph_that_stands_there_thousands_of_times_is_aligned_at_once() -> None:
    old = lc.build_outline("Tea.\n\n" * 8_000, lc.parse_rules(RULES))
    new = lc.build_outline("Milk.\n\n" + "Tea.\n\n" * 8_000, lc.parse_rules(RULES))
    start = time.process_time()
    revisions = lc.compare_drafts(old, new).revisions
    assert [one.change for one in revisions] == ["came"]
    assert time.process_time() - start < 5


def draft(names: str) -> lc.Outline:
    text = "\n\n".join(PARTS[name] for name in names.split())
    return lc.build_outline(text, lc.parse_rules(RULES, "tea.yaml"), "draft.txt")


def told(old: str, new: str) -> list[str]:
    """Each revision in a word or two: the change, and the paragraph's name in both drafts."""
    names = {lc.clean(text): name for name, text in PARTS.items()}
    shown = []
    for one in lc.compare_drafts(draft(old), draft(new)).revisions:
        sides = [names[lc.clean(side.text)] for side in (one.old, one.new) if side]
        shown.append(f"{one.change} {' '.join(dict.fromkeys(sides))}")
    return shown


CASES = {
    "nothing": ("a b c", "a b c", []),
    "one came": ("a b", "a c b", ["came c"]),
    "one went": ("a b c", "a c", ["went b"]),
    "one went at the start": ("a b", "b", ["went a"]),
    "one for another": ("a b c", "a d c", ["went b", "came d"]),
    "rewritten, as before": ("a b", "A b", ["rewritten a A"]),
    "rewritten, argued otherwise": ("a b", "a2 b", ["relabelled a a2"]),
    "moved to the end": ("a b c", "b c a", ["moved a"]),
    "moved to the start": ("a b c", "c a b", ["moved c"]),
    "two change places": ("a b", "b a", ["moved b"]),
    "moved, past one that is like it": ("a b", "A b a", ["came A", "moved b"]),
    "twice, then once": ("a a b", "a b", ["went a"]),
    "once, then twice": ("a b", "a b a", ["came a"]),
    "furniture came and went": ("x a b", "a b x", []),
    "furniture moved": ("x x x a b", "a b x x x", []),
    "moved and rewritten": ("a b c", "b c A", ["moved a A"]),
    "argued and then skipped": ("S", "S2", ["relabelled S S2"]),
    "all new": ("a b", "c d", ["went a", "went b", "came c", "came d"]),
    "from nothing": ("x", "a b", ["came a", "came b"]),
    "to nothing": ("a b", "x", ["went a", "went b"]),
}


@pytest.mark.parametrize(("old", "new", "revisions"), CASES.values(), ids=CASES)
def test_what_became_of_each_paragraph(old: str, new: str, revisions: list[str]) -> None:
    assert told(old, new) == revisions


def test_a_paragraph_that_is_rewritten_tells_the_cues_that_it_lost_and_gained() -> None:
    (one,) = lc.compare_drafts(draft("a b"), draft("a2 b")).revisions
    assert [(cue.rule, cue.text) for cue in one.lost] == [("praise", "good")]
    assert [(cue.rule, cue.text) for cue in one.gained] == [("figure", "2")]


def test_a_cue_that_only_stands_elsewhere_in_its_paragraph_is_neither_lost_nor_gained() -> None:
    rules = lc.parse_rules(RULES)
    texts = ("Well, tea is good. It was always good.", "Tea is good. It was, well, always good.")
    (one,) = lc.compare_drafts(*(lc.build_outline(text, rules) for text in texts)).revisions
    assert (one.change, one.lost, one.gained) == ("rewritten", (), ())


def test_how_a_paragraph_is_wrapped_or_marked_is_no_revision() -> None:
    rules = lc.parse_rules(RULES)
    texts = ("Tea is good.\n\nWe must go.", "Tea *is*  good.\n\n- We must go.")
    drafts = lc.compare_drafts(*(lc.build_outline(text, rules) for text in texts))
    assert (drafts.revisions, drafts.unchanged) == ((), 2)


NAMES = st.lists(st.sampled_from("abcde"), max_size=7).map(" ".join)
ORDERS = st.permutations(["a", "b", "c", "d", "e"]).map(" ".join)


@given(NAMES, NAMES)
def test_every_paragraph_of_both_drafts_is_accounted_for_once(old: str, new: str) -> None:
    drafts = lc.compare_drafts(draft(old or "x"), draft(new or "x"))
    both = sum(drafts.counts[kind] for kind in ("relabelled", "moved", "rewritten"))
    assert len(old.split()) == both + drafts.counts["went"] + drafts.unchanged
    assert len(new.split()) == both + drafts.counts["came"] + drafts.unchanged


@given(ORDERS)
def test_as_few_as_can_be_have_moved(order: str) -> None:
    names = order.split()
    longest = 0
    for size in range(1, 6):
        for some in combinations(names, size):
            if list(some) == sorted(some):
                longest = size
    counts = lc.compare_drafts(draft("a b c d e"), draft(order)).counts
    assert counts == {**dict.fromkeys(counts, 0), "moved": 5 - longest}


def test_two_drafts_that_share_nothing_are_told_apart_at_once() -> None:
    rules = lc.parse_rules(RULES)
    texts = ("\n\n".join(f"{name} {n} is so." for n in range(1_000)) for name in ("Tea", "Ink"))
    before = time.process_time()
    drafts = lc.compare_drafts(*(lc.build_outline(text, rules) for text in texts))
    assert (drafts.counts["came"], drafts.counts["went"]) == (1_000, 1_000)
    assert time.process_time() - before < 5


# ------------------------------------------------------------------------------------ the command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    for name, parts in (("old.txt", "a b c d"), ("new.txt", "d a2 c e")):
        text = "\n\n".join(PARTS[part] for part in parts.split())
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


ARGS = ("drafts", "old.txt", "new.txt", "--rules", "rules.yaml")


def test_the_report_says_what_argues_otherwise_and_why(run: Run, folder: Path) -> None:
    done = run(*ARGS)
    assert (done.code, done.err) == (0, b"")
    assert done.out.decode().splitlines() == [
        "old.txt → new.txt · rules.yaml",
        "2 → 1 claim · 1 → 2 evidence · 1 → 1 recommendation",
        '¶4 → ¶1  claim moved  "Nobody asked, when lamps were cheap, where they …"',
        '¶1 → ¶2  claim → evidence  "Tea costs 2 pounds for the whole of our town."',
        "    scores   claim 3 → 0, evidence 0 → 2",
        '    - praise, claim 3: "good"',
        '    + figure, evidence 2: "2"',
        '¶2  evidence went  "Last winter 31 children walked home along the canal."',
        '¶4  evidence came  "Engineers counted 7 broken poles before breakfast."',
        "1 relabelled · 1 moved · 0 rewritten · 1 came · 1 went · 1 unchanged",
    ]


def test_drafts_may_have_other_names_than_their_files(run: Run, folder: Path) -> None:
    done = run(*ARGS, "--label", "HEAD", "--label", "now")
    assert done.out.decode().splitlines()[0] == "HEAD → now · rules.yaml"
    assert run(*ARGS, "--label", "HEAD").out.decode().startswith("HEAD → new.txt · ")
    done = run(*ARGS, *["--label", "a"] * 3)
    told = b"--label: 2 sides are there to be named (leave labels out)\n"
    assert (done.code, done.out, done.err) == (2, b"", told)


def test_what_came_and_went_tells_its_cues_where_all_is_asked_for(run: Run, folder: Path) -> None:
    lines = run(*ARGS, "--verbose").out.decode().splitlines()
    assert '    - figure, evidence 2: "31"' in lines
    assert '    + figure, evidence 2: "7"' in lines


def test_the_json_tells_the_same(run: Run, folder: Path) -> None:
    data = json.loads(run(*ARGS, "--format", "json").out)
    assert data["kind"] == "drafts"
    assert [row["change"] for row in data["paragraphs"]] == ["moved", "relabelled", "went", "came"]
    relabelled = data["paragraphs"][1]
    assert (relabelled["old"]["tag"], relabelled["new"]["tag"]) == ("claim", "evidence")
    assert relabelled["cues"]["gained"][0]["rule"] == "figure"
    assert data["paragraphs"][2]["new"] is data["paragraphs"][3]["old"] is None
    counts = {name: data[name] for name in ("relabelled", "moved", "came", "went", "unchanged")}
    assert counts == dict.fromkeys(counts, 1)


def test_a_draft_may_be_a_pipe_but_not_both(run: Run, folder: Path) -> None:
    data = (folder / "new.txt").read_bytes()
    piped = run("drafts", "old.txt", "-", "--rules", "rules.yaml", data=data, cwd=folder)
    assert piped.out.replace(b" - \xc2\xb7", b" new.txt \xc2\xb7") == run(*ARGS, cwd=folder).out
    done = run("drafts", "-", "-")
    assert (done.code, done.out) == (2, b"")


@pytest.mark.parametrize(
    ("old", "new", "revisions"),
    [
        ("A a2", "a", ["rewritten A a", "went a2"]),
        ("a2 A", "a", ["went a2", "rewritten A a"]),
        ("a", "A a2", ["rewritten a A", "came a2"]),
    ],
)
def test_of_two_paragraphs_that_are_alike_the_one_most_alike_is_the_same_one(
    old: str, new: str, revisions: list[str]
) -> None:
    assert sorted(told(old, new)) == sorted(revisions)


def test_what_is_only_rewritten_is_counted_and_shown_where_all_is_asked_for(
    run: Run, folder: Path
) -> None:
    (folder / "old.txt").write_text(PARTS["a"], encoding="utf-8")
    (folder / "new.txt").write_text(f"{PARTS['a']} So it is.", encoding="utf-8")
    counts = "0 relabelled · 0 moved · 1 rewritten · 0 came · 0 went · 0 unchanged"
    head = ["old.txt → new.txt · rules.yaml"]
    head.append("1 → 1 claim · 0 → 0 evidence · 0 → 0 recommendations")
    brief = run(*ARGS).out.decode().splitlines()
    assert brief == [*head, f"{counts} · --verbose shows all rewritten"]
    whole = run(*ARGS, "--verbose").out.decode().splitlines()
    assert (whole[:2], whole[-1]) == (head, counts)
    assert whole[2].startswith("¶1  claim rewritten  ")
