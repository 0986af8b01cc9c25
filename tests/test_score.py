"""``score``: agreement with a person's labels, and the floor under the shipped rules."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, rule, rule_set, skip_rule

import lankov_claims as lc

CORPUS = ROOT / "tests" / "corpus" / "labels.jsonl"
TAGS = [tag.value for tag in lc.Tag]
RULES = lc.parse_rules(rule_set(*(rule(tag, [tag], tag=tag) for tag in TAGS)))


def label(tag: str, text: str, line: int = 1, doc: str | None = None) -> lc.Label:
    return lc.Label(f"row {line}", line, lc.Tag(tag), text, doc)


# By the person's tag (claim, evidence, recommendation) how often the rules say each; then for each
# tag its precision, recall and F1; then accuracy, macro-F1 and Cohen's κ. All worked out by hand:
# precision = hits / said, recall = hits / meant, F1 = 2 hits / (said + meant), macro-F1 = the mean
# F1 of the tags that the person used, κ = (accuracy - chance) / (1 - chance), where chance is the
# sum over the tags of meant * said / rows².
CASES: dict[str, tuple[str, str, str]] = {
    # said 8, 8, 4 and meant 6, 8, 6 of 20: chance (48 + 64 + 24) / 400 = 34/100
    "mixed": ("5 1 0  2 6 0  1 1 4", "5/8 5/6 5/7  3/4 3/4 3/4  1 2/3 4/5", "3/4 317/420 41/66"),
    # said and meant 4, 4, 0 of 8: chance (16 + 16) / 64 = 1/2
    "two tags": ("3 1 0  1 3 0  0 0 0", "3/4 3/4 3/4  3/4 3/4 3/4  0 0 0", "3/4 3/4 1/2"),
    # said 3, 3, 0 and meant 2, 2, 2 of 6: chance (6 + 6 + 0) / 36 = 1/3
    "never said": ("2 0 0  0 2 0  1 1 0", "2/3 1 4/5  2/3 1 4/5  0 0 0", "2/3 8/15 1/2"),
    # said 2, 0, 2 and meant 4, 0, 0 of 4: chance 8/16
    "never meant": ("2 0 2  0 0 0  0 0 0", "1 1/2 2/3  0 0 0  0 0 0", "1/2 2/3 0"),
    # said and meant 2, 2, 0 of 4: chance (4 + 4) / 16 = 1/2
    "always wrong": ("0 2 0  2 0 0  0 0 0", "0 0 0  0 0 0  0 0 0", "0 0 -1"),
    "always right": ("2 0 0  0 3 0  0 0 4", "1 1 1  1 1 1  1 1 1", "1 1 1"),
    # Chance alone agrees on every row: κ says nothing.
    "one tag": ("4 0 0  0 0 0  0 0 0", "1 1 1  0 0 0  0 0 0", "1 1 none"),
}


@pytest.mark.parametrize(("counts", "by_tag", "overall"), CASES.values(), ids=CASES)
def test_the_figures_are_those_worked_out_by_hand(counts: str, by_tag: str, overall: str) -> None:
    numbers = iter(map(int, counts.split()))
    table = {meant: {said: next(numbers) for said in lc.Tag} for meant in lc.Tag}
    rows: list[lc.Label] = []
    for meant, row in table.items():
        for said, count in row.items():
            rows += [label(meant, f"A {said}.", len(rows) + n) for n in range(count)]
    score = lc.score_labels(rows, RULES)
    assert score.confusion == table
    assert [score.support(tag) for tag in lc.Tag] == [sum(row.values()) for row in table.values()]
    figures = []
    for tag in lc.Tag:
        figures += [score.precision(tag), score.recall(tag), score.f1(tag)]
    assert figures == [pytest.approx(float(Fraction(figure))) for figure in by_tag.split()]
    accuracy, macro_f1, kappa = overall.split()
    assert score.accuracy == pytest.approx(float(Fraction(accuracy)))
    assert score.macro_f1 == pytest.approx(float(Fraction(macro_f1)))
    if kappa == "none":
        assert score.kappa is None
    else:
        assert score.kappa == pytest.approx(float(Fraction(kappa)))


# ------------------------------------------------------------------------------ pieces and endings

# A paragraph that says both is a claim, but a recommendation where recommendations count double.
BOTH = "A claim and a recommendation."
DOUBLED = lc.parse_rules(
    rule_set(
        rule("claim", ["claim"], weight=3),
        rule("recommendation", ["recommendation"], tag="recommendation", weight=2),
        ending="recommendation",
    )
)


@pytest.mark.parametrize(
    ("docs", "doubled"),
    [
        ("a a a a", "4"),
        ("a a a a a a a a", "7 8"),  # the last quarter
        ("a a a", ""),  # too short to have an end
        ("- - - -", ""),  # rows without a doc are pieces by themselves
        ("a b a b a b a b", "7 8"),  # pieces may alternate
        ("a a b b - a a b b", "7 9"),
    ],
)
def test_the_rows_of_one_doc_are_a_piece_in_order(docs: str, doubled: str) -> None:
    names = enumerate(docs.split(), 1)
    rows = [label("claim", BOTH, line, None if doc == "-" else doc) for line, doc in names]
    wrong = lc.score_labels(rows, DOUBLED).disagreements
    assert [one.line for one, _ in wrong] == [int(line) for line in doubled.split()]
    assert {found.tag for _, found in wrong} <= {lc.Tag.RECOMMENDATION}


def test_a_skipped_row_is_no_part_of_its_piece() -> None:
    lines = [{"text": BOTH, "tag": "claim", "doc": 1} for _ in range(3)]
    lines += [{"text": "AD", "tag": "skip", "doc": 1}]
    rows, skipped = lc.parse_labels("\n".join(map(json.dumps, lines)), "labels.jsonl")
    assert (len(rows), skipped) == (3, 1)
    assert not lc.score_labels(rows, DOUBLED).disagreements


def test_a_doc_may_be_any_json_and_null_is_none() -> None:
    docs = [1, "1", None, {"a": 1}]
    lines = [json.dumps({"text": "x", "tag": "claim", "doc": doc}) for doc in docs]
    rows, _ = lc.parse_labels("\n".join(lines), "labels.jsonl")
    assert [row.doc for row in rows] == ["1", "1", None, "{'a': 1}"]


def test_no_skip_rule_acts_on_a_labelled_row() -> None:
    rules = lc.parse_rules(rule_set(skip=[skip_rule("ad", ["/.+/"])]))
    assert lc.score_labels([label("claim", "Tea.")], rules).rows == 1


def test_disagreements_come_with_the_cues_that_misled_widest_margin_first() -> None:
    rows = [
        label("claim", "An evidence.", 1),
        label("claim", "A claim.", 2),
        label("claim", "An evidence.  One evidence more.", 3),
        label("claim", "One evidence.", 4),
    ]
    score = lc.score_labels(rows, RULES)
    found = [(one.line, by.tag, by.margin, len(by.cues)) for one, by in score.disagreements]
    assert found == [(3, "evidence", 2, 2), (1, "evidence", 1, 1), (4, "evidence", 1, 1)]


ROW = '{"text": "A claim.", "tag": "claim", "id": "x"}\n'


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("", "labels.jsonl: ", "no rows to score"),
        ('{"text": "Ad", "tag": "skip"}\n', "labels.jsonl: ", "no rows to score"),
        (f"{ROW}{{\n", "labels.jsonl:2:2: ", "no JSON"),
        (f"{ROW}\n[1]\n", "labels.jsonl:3:1: ", "no JSON object"),
        (f'{ROW}{{"text": "x"}}\n', "labels.jsonl:2:1: ", 'object with "tag" (add it)'),
        (f'{ROW}{{"text": "x" "tag": "claim"}}\n', "labels.jsonl:2:14: ", "',' delimiter"),
        (f'{ROW}{{"text": 1, "tag": "claim"}}\n', "labels.jsonl:2:1: ", "no text"),
        (f'{ROW}{{"text": " ", "tag": "claim"}}\n', "labels.jsonl:2:1: ", "blank"),
        (f'{ROW}{{"text": "x", "tag": "Claim"}}\n', "labels.jsonl:2:1: ", "Claim"),
        (f'{ROW}{{"text": "x", "tag": ["claim"]}}\n', "labels.jsonl:2:1: ", "claim, evidence"),
    ],
)
def test_a_bad_row_is_named_by_its_line(
    run: Run, tmp_path: Path, content: str, place: str, words: str
) -> None:
    (tmp_path / "labels.jsonl").write_text(content, encoding="utf-8")
    done = run("score", "labels.jsonl")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, b"", 1)
    assert done.err.decode().startswith(place)
    assert words in done.err.decode()


def test_skipped_rows_are_left_out_and_counted(run: Run) -> None:
    rows = f'{ROW}{{"text": "AD", "tag": "skip"}}\n{{"text": "We\\n\\n met.", "tag": "claim"}}\n'
    done = run("score", "-", "--format", "json", data=rows.encode())
    found: dict[str, Any] = json.loads(done.out)
    assert [found[key] for key in ("kind", "rows", "skipped")] == ["score", 2, 1]
    assert sum(sum(row.values()) for row in found["confusion"].values()) == 2


def test_the_json_holds_every_figure_and_what_misled_the_rules(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES.text, encoding="utf-8")
    rows = [
        {"text": "A claim.", "tag": "claim"},
        {"text": "An evidence, a claim.", "tag": "evidence", "id": "x"},
    ]
    lines = "\n".join(map(json.dumps, rows))
    (tmp_path / "labels.jsonl").write_text(lines, encoding="utf-8")
    done = run("score", "labels.jsonl", "--rules", "rules.yaml", "--format", "json")
    found = json.loads(done.out)
    assert (found["accuracy"], found["macro_f1"], found["kappa"]) == (0.5, 1 / 3, 0.0)
    claim = {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "support": 1}
    assert found["tags"]["claim"] == claim
    assert found["confusion"]["evidence"] == {"claim": 1, "evidence": 0, "recommendation": 0}
    (wrong,) = found["disagreements"]
    assert [cue["text"] for cue in wrong.pop("cues")] == ["claim"]
    assert wrong == {"id": "x", "line": 2, **rows[1], "predicted": "claim", "margin": 0}


def test_the_report_shows_as_many_disagreements_as_are_asked_for(run: Run) -> None:
    shown = run("score", str(CORPUS), "--show", "3").out.decode()
    assert shown.count(" read as ") == 3
    assert run("score", str(CORPUS), "--show", "0").out.decode().count(" read as ") == 0


def test_the_shipped_rules_stay_above_their_floor(shipped_rules: lc.RuleSet) -> None:
    """Macro-F1 on the fourteen op-eds: what the rules reached, less two points."""
    text = lc.decode(CORPUS.read_bytes(), "labels.jsonl")
    rows, skipped = lc.parse_labels(text, "labels.jsonl")
    score = lc.score_labels(rows, shipped_rules, skipped)
    assert (score.rows, score.skipped) == (144, 38)
    assert score.macro_f1 >= 0.78


def test_page_furniture_is_skipped_and_nothing_else(shipped_rules: lc.RuleSet) -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    blocks = [lc.make_block(row["text"]) for row in rows]
    read = zip(rows, lc.read_blocks(blocks, shipped_rules), strict=True)
    skipped = [row["tag"] for row, one in read if one.skips]
    assert set(skipped) == {"skip"}, "no paragraph of an argument is lost"
    assert len(skipped) >= 34


@pytest.mark.parametrize("path", sorted(CORPUS.parent.glob("*.txt")), ids=lambda path: path.stem)
def test_each_op_ed_of_the_corpus_is_read_whole(path: Path, shipped_rules: lc.RuleSet) -> None:
    text = lc.decode(path.read_bytes(), path.name)
    outline = lc.build_outline(text, shipped_rules)
    assert " ".join(one.text for one in outline.blocks).split() == text.split()
    numbers = [one.number for one in outline.blocks if not one.skips]
    assert numbers == list(range(1, len(outline.paragraphs) + 1))
