"""``score``: agreement with a person's labels, and the floor under the shipped rules."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, rule, rule_set
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    cohen_kappa_score,
    confusion_matrix,
    precision_recall_fscore_support,
)

import lankov_claims as lc

CORPUS = ROOT / "tests" / "corpus" / "labels.jsonl"
TAGS = [tag.value for tag in lc.Tag]
RULES = lc.parse_rules(rule_set(*(rule(tag, [tag], tag=tag) for tag in TAGS)))


def labels(pairs: list[tuple[str, str]]) -> list[lc.Label]:
    """Labels whose texts make the rules say the second of each pair."""
    rows = enumerate(pairs, 1)
    return [lc.Label(f"row {n}", n, lc.Tag(tag), f"A {said}.") for n, (tag, said) in rows]


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), min_size=1, max_size=60))
def test_the_figures_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, said = zip(*pairs, strict=True)
    score = lc.score_labels(labels(pairs), RULES)
    ratios = precision_recall_fscore_support(gold, said, labels=TAGS, zero_division=0)
    for tag, *row in zip(lc.Tag, *ratios, strict=True):
        mine = score.tags[tag]
        assert [mine[name] for name in ("precision", "recall", "f1", "support")] == [
            pytest.approx(figure, abs=1e-9) for figure in row
        ]
    assert score.accuracy == pytest.approx(accuracy_score(gold, said), abs=1e-9)
    used = [score.tags[lc.Tag(tag)]["f1"] for tag in TAGS if tag in gold]
    assert score.macro_f1 == pytest.approx(sum(used) / len(used), abs=1e-9)
    table = [[score.confusion[tag][other] for other in lc.Tag] for tag in lc.Tag]
    assert table == confusion_matrix(gold, said, labels=TAGS).tolist()
    if len({*gold, *said}) == 1:
        assert score.kappa is None, "chance alone agrees on every row"
    else:
        assert score.kappa == pytest.approx(cohen_kappa_score(gold, said), abs=1e-9)


def test_disagreements_come_with_the_cues_that_misled_widest_margin_first() -> None:
    rows = [
        lc.Label("narrow", 1, lc.Tag.CLAIM, "An evidence."),
        lc.Label("right", 2, lc.Tag.CLAIM, "A claim."),
        lc.Label("wide", 3, lc.Tag.CLAIM, "An evidence.  One evidence more."),
    ]
    score = lc.score_labels(rows, RULES)
    found = [(one.id, one.predicted, one.margin, len(one.cues)) for one in score.disagreements]
    assert found == [("wide", "evidence", 2, 2), ("narrow", "evidence", 1, 1)]


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
        (f'{ROW}{{"text": "x", "tag": "Claim"}}\n', "labels.jsonl:2:1: ", '"Claim"'),
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
    blocks = [(row["tag"], lc.paragraph_block(row["text"])) for row in rows]
    skipped = [tag for tag, block in blocks if lc.find_skips(block, shipped_rules.skips)]
    assert set(skipped) == {"skip"}, "no paragraph of an argument is lost"
    assert len(skipped) >= 34


@pytest.mark.parametrize("path", sorted(CORPUS.parent.glob("*.txt")), ids=lambda path: path.stem)
def test_each_op_ed_of_the_corpus_is_read_whole(path: Path, shipped_rules: lc.RuleSet) -> None:
    text = lc.decode(path.read_bytes(), path.name)
    outline = lc.build_outline(text, shipped_rules)
    texts = [(one.start, one.text) for one in outline.paragraphs]
    texts += [(one.start, one.text) for one in outline.skipped]
    assert " ".join(content for _, content in sorted(texts)).split() == text.split()
