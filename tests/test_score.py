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
    return lc.Label(f"row {line}", line, lc.Tag(tag), text, doc, key=())


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


# A row is the person's tag and the words that are a sentence each, one firing of the word's rule. A
# reading is close where the margin is two or less: three firings are clear, and no cue is close.
CLOSENESS: dict[str, tuple[list[str], tuple[int, int], tuple[int, int], str]] = {
    "all close": (
        ["claim claim", "evidence claim claim", "claim"],  # by 1, by 2, for want of a cue
        (2, 3), (0, 0), "close readings 0.667 of 3 · no clear ones",
    ),
    "none close": (
        ["claim claim claim claim"],  # by 3
        (0, 0), (1, 1), "no close readings · clear ones 1.000 of 1",
    ),
    "of both kinds": (
        [
            "claim claim claim claim",  # by 3
            "claim evidence evidence evidence",  # by 3, wrong
            "claim evidence evidence evidence claim",  # by 2, wrong
            "recommendation recommendation claim",  # tied
            "evidence",  # no cue, wrong
            "evidence evidence evidence evidence evidence claim",  # by 3
        ],
        (1, 3), (2, 3), "close readings 0.333 of 3 · clear ones 0.667 of 3",
    ),
    "never right": (
        ["claim evidence", "evidence claim claim claim"],
        (0, 1), (0, 1), "close readings 0.000 of 1 · clear ones 0.000 of 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "close", "clear", "line"), CLOSENESS.values(), ids=CLOSENESS)
def test_close_readings_are_counted_apart_from_clear_ones(
    rows: list[str], close: tuple[int, int], clear: tuple[int, int], line: str
) -> None:
    labels = []
    for row in rows:
        tag, *words = row.split()
        labels.append(label(tag, " ".join(f"A {word}." for word in words) or "Salt."))
    score = lc.score_labels(labels, RULES)
    assert (score.close, score.clear) == (close, clear)
    assert lc.set_lines(lc.score_lines(score, "l", 0)).splitlines()[2] == line
    found = json.loads(lc.score_to_json(score))
    for name, (agreed, count) in {"close": close, "clear": clear}.items():
        share = agreed / count if count else None
        assert found[name] == {"rows": count, "accuracy": share}
    assert found["key_sentence"] == {"rows": 0, "accepted": None}


# -------------------------------------------------------------------------------- the key sentence

# The key sentence is the longer one, the first, at 0 to 20.
TWO = "Tea is a good thing. But milk is, too."
KEYS: dict[str, tuple[list[tuple[int, int, float]], float]] = {
    "the same": ([(0, 20, 1)], 1),
    "the same to some": ([(0, 20, 0.25)], 0.25),
    "another": ([(21, 38, 1)], 0),
    "one of two": ([(0, 20, 0.25), (21, 38, 0.75)], 0.25),
    "half of it": ([(0, 10, 0.5)], 0.5),
    "both as one": ([(0, 38, 0.5)], 0.5),
    "from its half on": ([(10, 38, 0.5)], 0.5),
    "less than half of it, and more": ([(11, 38, 0.5)], 0),
    "most of a part": ([(14, 24, 0.5)], 0.5),
    "half of a part": ([(15, 25, 0.5)], 0.5),
    "less than half of a part": ([(16, 26, 0.5)], 0),
    "the wider part": ([(0, 6, 0.25), (6, 20, 0.75)], 0.75),
    "the wider part, told first": ([(6, 20, 0.75), (0, 6, 0.25)], 0.75),
    "the first of two equal parts": ([(0, 10, 0.25), (10, 20, 0.75)], 0.25),
    "a part, not what is mostly elsewhere": ([(11, 38, 0.75), (0, 8, 0.25)], 0.25),
    "to nobody": ([(0, 20, 0)], 0),
}


@pytest.mark.parametrize(("spans", "share"), KEYS.values(), ids=KEYS)
def test_a_key_sentence_is_worth_the_share_of_the_span_which_it_overlaps_most(
    spans: list[tuple[int, int, float]], share: float
) -> None:
    key = [{"start": start, "end": end, "accepted": some} for start, end, some in spans]
    row = json.dumps({"text": TWO, "tag": "claim", "key": key})
    (known,) = lc.parse_labels([row], "labels.jsonl")
    assert known.key == tuple(spans)
    assert lc.score_labels([known], RULES).keys == (share,)


def test_the_score_of_key_sentences_is_the_mean_of_the_rows_that_name_some(
    run: Run, tmp_path: Path
) -> None:
    first, second = {"start": 0, "end": 20}, {"start": 21, "end": 38}
    keys: list[Any] = [
        [first],  # 1, which "accepted" is where it is left out
        [{**first, "accepted": 0.5}, second],  # 1/2
        [second],  # 0
        [],
        None,
    ]
    rows = [{"text": TWO, "tag": "claim", "key": key} for key in keys]
    rows += [{"text": TWO, "tag": "claim"}, {"text": TWO, "tag": "skip", "key": [first]}]
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULES.text, encoding="utf-8")
    asked = ("score", "labels.jsonl", "--rules", "rules.yaml")
    (line,) = [line for line in run(*asked).out.decode().splitlines() if "close" in line]
    assert line == "close readings 1.000 of 6 · no clear ones · key sentence 0.500 of 3"
    found = json.loads(run(*asked, "--format", "json").out)
    assert found["key_sentence"] == {"rows": 3, "accepted": 0.5}


def test_a_key_rule_bears_on_the_key_sentences_of_a_score_and_on_no_other_figure() -> None:
    turn = json.loads(rule("turn", ["^ but"], tag=None, weight=10))
    by = lc.parse_rules(rule_set(rule("tea", ["tea"]), keys=[turn]))
    rows = label("evidence", TWO)._replace(key=((0, 20, 0.25), (21, 38, 0.75)))
    plain, keyed = (lc.score_labels([rows], one) for one in (by._replace(keys=()), by))
    assert (plain.keys, keyed.keys) == ((0.25,), (0.75,))
    assert keyed.confusion == plain.confusion
    assert (keyed.close, keyed.clear) == (plain.close, plain.clear) == ((0, 1), (0, 0))


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
    score = lc.score_labels(lc.parse_labels(map(json.dumps, lines), "labels.jsonl"), DOUBLED)
    assert (score.rows, score.skipped, score.disagreements) == (3, 1, ())


def test_a_doc_may_be_any_json_and_null_is_none() -> None:
    docs = [1, "1", None, {"a": 1}]
    lines = [json.dumps({"text": "x", "tag": "claim", "doc": doc}) for doc in docs]
    rows = lc.parse_labels(lines, "labels.jsonl")
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


BAD_KEYS = [
    *('"x"', "7", "true", "[null]", "[7]", '["x"]', "[[0, 9]]", "[[]]", "[{}]"),
    *('[{"start": 0}]', '[{"end": 9}]', '[{"start": "a", "end": 9}]'),
    *('[{"start": null, "end": 9}]', '[{"start": [0], "end": 9}]', '[{"start": NaN, "end": 9}]'),
    *('[{"start": 0, "end": 9, "accepted": "most"}]', '[{"start": 0, "end": 9, "accepted": null}]'),
    '[{"start": 0, "end": 9}, {"start": 9}]',
]
HUGE_KEYS = ['[{"start": 1e999, "end": 9}]', f'[{{"start": 0, "end": 9, "accepted": {10**400}}}]']
ROW = '{"text": "A claim.", "tag": "claim", "id": "x"}\n'


def bad_key(key: str) -> tuple[str, str, str]:
    """A good row and one of this key, and what is told of it."""
    content = f'{ROW}{{"text": "x", "tag": "claim", "key": {key}}}\n'
    hint = 'write [{"start": 0, "end": 9, "accepted": 1}])'
    return content, 'labels.jsonl:2:1: "key" is no list of sentences (', hint


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
        *map(bad_key, BAD_KEYS),
        *(pytest.param(*bad_key(key)) for key in HUGE_KEYS),
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


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(run: Run, end: str) -> None:
    lines = ['{"text": "A claim.", "tag": "claim"}', "", '{"text": "AD", "tag": "skip"}', "{"]
    good = run("score", "-", "--format", "json", data=end.join(lines[:3]).encode("utf-8-sig"))
    assert [json.loads(good.out)[key] for key in ("rows", "skipped")] == [1, 1]
    bad = run("score", "-", data=end.join(lines).encode())
    assert (bad.code, bad.err[:6]) == (2, b"-:4:2:")


def test_the_report_shows_as_many_disagreements_as_are_asked_for(run: Run) -> None:
    shown = run("score", str(CORPUS), "--show", "3").out.decode()
    assert shown.count(" read as ") == 3
    assert run("score", str(CORPUS), "--show", "0").out.decode().count(" read as ") == 0


def test_the_shipped_rules_stay_above_their_floor(shipped_rules: lc.RuleSet) -> None:
    """Macro-F1 on the fourteen op-eds: what the rules reached, less two points."""
    rows = lc.parse_labels(lc.read_lines(str(CORPUS)), "labels.jsonl")
    score = lc.score_labels(rows, shipped_rules)
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


# ---------------------------------------------------------------------------- two rule sets at once

COMPARED = [
    {"id": "both", "text": "A claim.", "tag": "claim"},
    {"id": "won", "text": "A cup.", "tag": "evidence"},
    {"id": "lost", "text": "A claim in a cup.", "tag": "claim"},
    {"id": "neither", "text": "A saucer.", "tag": "recommendation"},
    {"id": "skipped", "text": "AD", "tag": "skip"},
]


@pytest.fixture
def two_rule_sets(tmp_path: Path) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in COMPARED)
    (tmp_path / "labels.jsonl").write_text(lines, encoding="utf-8")
    claim = rule("claim", ["claim"])
    (tmp_path / "old.yaml").write_text(rule_set(claim), encoding="utf-8")
    cup = rule("cup", ["cup"], tag="evidence", weight=5)
    (tmp_path / "new.yaml").write_text(rule_set(claim, cup), encoding="utf-8")
    return tmp_path


OLD_AND_NEW = ("--rules", "old.yaml", "--rules", "new.yaml")


def test_two_rule_sets_are_compared_row_by_row(run: Run, two_rule_sets: Path) -> None:
    done = run("score", "labels.jsonl", *OLD_AND_NEW)
    assert (done.code, done.err) == (0, b"")
    assert done.out.decode().splitlines() == [
        "labels.jsonl · old.yaml → new.yaml · 4 rows, 1 skipped",
        "accuracy 0.500 → 0.500 · macro-F1 0.222 → 0.389 · Cohen's κ 0.000 → 0.200",
        "1 gained · 1 lost",
        'gained  won  evidence was read as claim? by 0  "A cup."',
        'lost    lost  claim is read as evidence by 4  "A claim in a cup."',
    ]


def test_two_rule_sets_as_json_name_the_same_rows(run: Run, two_rule_sets: Path) -> None:
    data = json.loads(run("score", "labels.jsonl", *OLD_AND_NEW, "--format", "json").out)
    told = {
        name: [(row["id"], row["read_as"]) for row in data[name]] for name in ("gained", "lost")
    }
    assert told == {"gained": [("won", "claim")], "lost": [("lost", "evidence")]}
    assert [data[side]["source"] for side in ("old", "new")] == ["old.yaml", "new.yaml"]
    assert (data["kind"], data["rows"], data["skipped"]) == ("score-diff", 4, 1)


def test_labels_from_a_pipe_are_read_once_for_both(run: Run, two_rule_sets: Path) -> None:
    data = (two_rule_sets / "labels.jsonl").read_bytes()
    piped = run("score", "-", *OLD_AND_NEW, data=data, cwd=two_rule_sets).out
    named = run("score", "labels.jsonl", *OLD_AND_NEW, cwd=two_rule_sets).out
    assert piped.replace(b"- \xc2\xb7", b"labels.jsonl \xc2\xb7") == named


def test_no_more_than_two_rule_sets_are_compared(run: Run, two_rule_sets: Path) -> None:
    done = run("score", "labels.jsonl", *OLD_AND_NEW, "--rules", "third.yaml")
    told = b"third.yaml: two rule files are compared (leave one out)\n"
    assert (done.code, done.out, done.err) == (2, b"", told)


def test_a_row_that_is_nested_too_deeply_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text("[" * 200_000, encoding="utf-8")
    told = b"labels.jsonl:1:1: this is nested too deeply (mend it)\n"
    assert run("score", "labels.jsonl") == (2, b"", told)
