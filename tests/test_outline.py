"""How tagged paragraphs form an outline, and the outline as JSON, Markdown and plain lines."""

import hashlib
import json
import re
import unicodedata
from pathlib import Path

import pytest
from conftest import Run, RunInTerminal, rule, rule_set, skip_rule
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

C, E, R = lc.Tag


def key_rule(id: str, any: list[str], weight: int, **fields: object) -> dict[str, object]:
    whole: dict[str, object] = json.loads(rule(id, any, tag=None, weight=weight, **fields))
    return whole


RULES = rule_set(
    rule("because", ["because", "/\\d+ cups/"], tag="evidence", weight=2),
    rule("better", ["is better"], weight=3),
    rule("let-us", ["let us"], tag="recommendation", weight=4, where="closing"),
    rule("banners", ["banner"]),
    skip=[skip_rule("frame", ["banner"]), skip_rule("banner", ["/banner( banner)*/"])],
    keys=[key_rule("asks", ["why", "banner"], -3)],
)
TEXT = "Banner\n\nTea is better. Why? Because “it\nwarms”.\n\nI had 3 cups.\n\nWait. Let us sip.\n"


BOTH = ("frame", "banner")


def outline(text: str, rules: str = RULES) -> lc.Outline:
    return lc.build_outline(text, lc.parse_rules(rules, "tea.yaml"), "tea.txt")


def as_json(text: str) -> str:
    return lc.to_json(outline(text))


def as_markdown(text: str) -> str:
    return lc.show_outline(outline(text), lc.View("markdown"))


def as_lines(text: str) -> list[str]:
    """As a pipe gets it."""
    return lc.show_outline(outline(text), lc.View()).splitlines()


def as_tree(text: str) -> list[str]:
    """As a terminal that is wide enough gets it, without the header."""
    return lc.show_outline(outline(text), lc.View("tree")).splitlines()[2:]


# ------------------------------------------------------------------------------------- structure


@pytest.mark.parametrize(
    ("tags", "parents"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([C, R, C], [None] * 3, id="claims and recommendations are the top level"),
        pytest.param([C, E, E], [None, 1, 1], id="evidence is under the claim before it"),
        pytest.param([C, R, E], [None, None, 2], id="or under the recommendation before it"),
        pytest.param([R, C, E, R, E], [None, None, 2, None, 4], id="the nearest one"),
        pytest.param([E, E, C], [3, 3, None], id="under the first one after, with none before"),
        pytest.param([E, R, E, C], [2, None, 2, None], id="on both sides"),
        pytest.param([E, E], [None, None], id="nowhere, with none at all"),
    ],
)
def test_evidence_hangs_under_its_nearest_neighbour(
    tags: list[lc.Tag], parents: list[int | None]
) -> None:
    by = lc.parse_rules(rule_set(*(rule(tag, [tag], tag=tag) for tag in lc.Tag)))
    reading = lc.build_outline("\n\n".join(tags), by)
    assert [one.tag for one in reading.paragraphs] == tags
    assert [one.under for one in reading.paragraphs] == parents


def test_skipped_paragraphs_part_nothing_and_hang_nowhere() -> None:
    reading = outline("Tea is better.\n\nBanner\n\nI had 3 cups.\n\nBanner")
    assert [(one.number, one.under) for one in reading.blocks] == [
        (1, None), (None, None), (2, 1), (None, None),
    ]  # fmt: skip


def test_numbers_count_the_tagged_paragraphs_only() -> None:
    reading = outline("Banner\n\nTea is better.\n\nBanner\n\nBanner\n\nI had 3 cups.\n\nBanner")
    assert [(one.number, one.line, one.under) for one in reading.paragraphs] == [
        (1, 3, None), (2, 9, 1),
    ]  # fmt: skip
    assert [(one.skips, one.line) for one in reading.skipped] == [
        (BOTH, 1), (BOTH, 5), (BOTH, 7), (BOTH, 11),
    ]  # fmt: skip
    assert json.loads(lc.to_json(reading))["summary"] == {
        "claim": 1,
        "evidence": 1,
        "recommendation": 0,
        "skipped": 4,
    }


def test_an_empty_text_has_an_empty_outline() -> None:
    reading = outline(" \n")
    assert (reading.text, reading.blocks, reading.paragraphs, reading.skipped) == (
        " \n",
        (),
        (),
        (),
    )
    assert json.loads(as_json(" \n"))["paragraphs"] == []


def starts(one: lc.Paragraph) -> int:
    return one.start


@given(st.lists(st.sampled_from(["Banner\n\n", "Tea. ", "\n \n"]) | st.text()).map("".join))
def test_nothing_of_the_text_is_lost(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    reading = outline(text)
    assert sorted((*reading.paragraphs, *reading.skipped), key=starts) == list(reading.blocks)
    outside, offset = "", 0
    for block in reading.blocks:
        assert offset <= block.start
        assert text[block.start : block.end] == block.text
        outside, offset = outside + text[offset : block.start], block.end
    assert not (outside + text[offset:]).strip()


# ------------------------------------------------------------------------------------------ JSON


EXPECTED = """
{"format_version": "1.2", "kind": "outline",
 "tool": {"name": "lankov-claims", "version": "VERSION"},
 "text": {"source": "tea.txt", "sha256": "TEXT_SHA256", "characters": 82},
 "rules": {"source": "tea.yaml", "sha256": "RULES_SHA256", "count": 4,
           "precedence": ["recommendation", "claim", "evidence"], "otherwise": "claim",
           "ending": null},
 "summary": {"claim": 1, "evidence": 1, "recommendation": 1, "skipped": 1},
 "paragraphs": [
  {"number": 1, "tag": "claim", "under": null, "start": 8, "end": 47, "line": 3,
   "text": "Tea is better. Why? Because “it\\nwarms”.",
   "key_sentence": {"start": 8, "end": 22, "text": "Tea is better."},
   "scores": {"claim": 3, "evidence": 2, "recommendation": 0}, "margin": 1,
   "runner_up": "evidence", "close": true,
   "cues": [{"rule": "better", "tag": "claim", "weight": 3, "sentence": 1,
             "start": 12, "end": 21, "text": "is better"},
            {"rule": "because", "tag": "evidence", "weight": 2, "sentence": 3,
             "start": 28, "end": 35, "text": "Because"}],
   "key_cues": [{"rule": "asks", "weight": -3, "sentence": 2,
                 "start": 23, "end": 26, "text": "Why"}]},
  {"number": 2, "tag": "evidence", "under": 1, "start": 49, "end": 62, "line": 6,
   "text": "I had 3 cups.",
   "key_sentence": {"start": 49, "end": 62, "text": "I had 3 cups."},
   "scores": {"claim": 0, "evidence": 2, "recommendation": 0}, "margin": 2,
   "runner_up": "recommendation", "close": true,
   "cues": [{"rule": "because", "tag": "evidence", "weight": 2, "sentence": 1,
             "start": 55, "end": 61, "text": "3 cups"}], "key_cues": []},
  {"number": 3, "tag": "recommendation", "under": null, "start": 64, "end": 81, "line": 8,
   "text": "Wait. Let us sip.",
   "key_sentence": {"start": 70, "end": 81, "text": "Let us sip."},
   "scores": {"claim": 0, "evidence": 0, "recommendation": 4}, "margin": 4,
   "runner_up": "claim", "close": false,
   "cues": [{"rule": "let-us", "tag": "recommendation", "weight": 4, "sentence": 2,
             "start": 70, "end": 76, "text": "Let us"}], "key_cues": []}],
 "skipped": [{"rule": "banner", "rules": ["frame", "banner"], "start": 0, "end": 6, "line": 1,
              "text": "Banner",
              "cues": [{"rule": "banners", "tag": "claim", "weight": 1, "sentence": 1,
                        "start": 0, "end": 6, "text": "Banner"}],
              "key_cues": [{"rule": "asks", "weight": -3, "sentence": 1,
                            "start": 0, "end": 6, "text": "Banner"}]}]}
"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_json_is_this_object_in_this_order() -> None:
    expected = EXPECTED.replace("VERSION", lc.__version__)
    expected = expected.replace("TEXT_SHA256", sha256(TEXT)).replace("RULES_SHA256", sha256(RULES))
    assert json.loads(as_json(TEXT)) == json.loads(expected)
    assert json.dumps(json.loads(as_json(TEXT))) == json.dumps(json.loads(expected))


def test_characters_and_digests_are_of_the_decoded_text() -> None:
    text = lc.decode("\ufeffCafé 🫖\r\nis better.\r\n".encode(), "")
    found = json.loads(as_json(text))["text"]
    assert found["characters"] == len("Café 🫖\nis better.\n")
    assert found["sha256"] == sha256("Café 🫖\nis better.\n")


def test_a_rule_file_has_the_same_digest_with_any_newlines() -> None:
    unix = lc.parse_rules(lc.decode(RULES.encode(), ""))
    windows = lc.parse_rules(lc.decode(RULES.replace("\n", "\r\n").encode(), ""))
    assert unix.digest == windows.digest == sha256(RULES)


def test_json_shows_no_control_character_raw_and_loses_none() -> None:
    controls = "".join(c for c in map(chr, range(0xA0)) if unicodedata.category(c) == "Cc")
    text = "Tea {} is better.".format(controls.replace("\n", "").replace("\r", "") + "\u202e\u2066")
    written = as_json(text)
    assert json.loads(written)["paragraphs"][0]["text"] == text
    assert {c for c in written if unicodedata.category(c) == "Cc"} == {"\n"}
    assert not set("\u202e\u2066") & set(written)


@given(st.text())
def test_json_gives_every_text_back(raw: str) -> None:
    text = lc.decode(raw.encode(), "")
    written = as_json(text)
    found = json.loads(written)
    assert written.endswith("}\n")
    for block in (*found["paragraphs"], *found["skipped"]):
        assert block["text"] == text[block["start"] : block["end"]]


# --------------------------------------------------------------------------------- for people


def test_markdown_nests_evidence_under_what_it_hangs_under() -> None:
    items = [line for line in as_markdown(TEXT).splitlines() if "¶" in line]
    assert [(len(line) - len(line.lstrip()), line.lstrip(" -*")[:2]) for line in items] == [
        (0, "¶1"), (2, "¶2"), (0, "¶3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "shown"),
    [("1. tea.txt", r"1\. tea"), ("12) tea.txt", r"12\) tea"), ("- a", r"\- a"), ("+ a", r"\+ a")],
)
def test_a_name_at_the_start_of_a_line_makes_no_list(source: str, shown: str) -> None:
    reading = lc.build_outline(TEXT, lc.parse_rules(RULES), source)
    heading, _, about, *_ = lc.show_outline(reading, lc.View("markdown")).splitlines()
    assert heading.startswith(f"# {shown}")
    assert about.startswith(shown)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        (one, one)
        for one in (
            "[sic]",
            "<b>",
            "`a",
            "a | b",
            "a * b",
            "&amp;",
            "~a",
            "a_b",
            "http://a.b/c",
            "www.a.b",
            "$a$",
        )
    ]
    + [
        ("`a`", "a"),
        ("~~a~~", "a"),
        ("*a*", "a"),
        ("_a_", "a"),
        ("[a](b)", "a"),
        ("![a](b)a", "a"),
        ("\\*", "*"),
    ],
)
def test_markdown_escapes_what_it_would_read_as_markup(markup: str, shown: str) -> None:
    # What is only the text's own Markdown goes, what it shows stays, and is no markup any more.
    (item,) = [line for line in as_markdown(f"Tea {markup} is better.").splitlines() if "¶" in line]
    _, _, sentence = item.partition(":** ")
    assert re.sub(r"\\(\W|_)", r"\1", sentence) == f"Tea {shown} is better."
    assert not set(re.sub(r"\\(\W|_)", "", sentence)) & set("[]*_<>`|&~\\")


def test_plain_lines_hold_every_key_sentence_whole() -> None:
    words = "very " * 150
    text = f"Tea is  {words}good.\n\nI had 3 cups of \u00a0it.\n\nWait. Let us sip."
    assert as_lines(text)[2:] == [
        f"1  claim?                    Tea is {words}good.  (no cue)",
        "2  evidence?        under 1  I had 3 cups of it.  (or recommendation)",
        "3  recommendation            Let us sip.",
    ]


# ----------------------------------------------------------------------------- close and clear

# fmt: off
READINGS = {
    "clear": ("claim 3 evidence 0", "claim", "", ""),
    "close": ("claim 2 evidence 0", "claim?", "or recommendation", "recommendation"),
    "close to another": ("claim 5 evidence 4", "claim?", "or evidence", "evidence"),
    "a tie": ("evidence 2 recommendation 2", "recommendation?", "or evidence", "evidence"),
    "clear of a runner-up": ("evidence 7 claim 4", "evidence", "", ""),
    "without a cue": ("nothing", "claim?", "no cue", "recommendation"),
}
# fmt: on


@pytest.mark.parametrize(("votes", "name", "rival", "second"), READINGS.values(), ids=READINGS)
def test_a_close_reading_says_what_else_it_may_be_in_each_form(
    votes: str, name: str, rival: str, second: str
) -> None:
    """A margin of 2 is close, one of 3 is not."""
    known = lc.parse_rules(rule_set(*(rule(tag, [tag], tag=tag) for tag in lc.Tag)))
    words = votes.split()
    weights = dict(zip(words[::2], map(int, words[1::2]), strict=False))
    rules = tuple(one._replace(weight=weights.get(one.id, 0)) for one in known.rules)
    reading = lc.build_outline(votes, known._replace(rules=rules), "tea.txt")
    (one,) = json.loads(lc.to_json(reading))["paragraphs"]
    assert (one["close"], one["margin"] <= 2) == (bool(rival), bool(rival))
    assert one["runner_up"] in {second} if second else {*lc.Tag} - {one["tag"]}
    *_, tree = lc.outline_tree(reading.blocks, 1)
    pale = f"  {rival}" if rival else ""
    assert str(tree) == f" 1  {name:<17}{votes}{pale}"
    assert list(tree.body) == [votes, (pale, "dim")]
    said = f"  ({rival})" if rival else ""
    assert lc.show_outline(reading, lc.View()).splitlines()[2:] == [
        f"1  {name:<15}           {votes}{said}"
    ]
    said = f" *({rival})*" if rival else ""
    *_, last = lc.show_outline(reading, lc.View("markdown")).splitlines()
    assert last == f"- ¶1 **{name}:** {votes}{said}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("- Tea *is* **good**.", "Tea is good.", id="a list item and emphasis"),
        pytest.param(
            "> Tea is so good, say all the men,\n> that it is drunk.",
            "Tea is so good, say all the men, that it is drunk.",
            id="a quotation",
        ),
        pytest.param("[Tea](http://tea.org/a) is.", "Tea is.", id="a link"),
        pytest.param("Tea[^1] is good.", "Tea is good.", id="the number of a footnote"),
        pytest.param("Tea [sic] is 2*3*4.", "Tea [sic] is 2*3*4.", id="what is no Markdown"),
    ],
)
def test_key_sentences_are_shown_without_the_marks_of_markdown(text: str, shown: str) -> None:
    assert as_lines(text)[-1].endswith(f"  {shown}  (no cue)")
    assert as_tree(text)[-1].endswith(f"  {shown}  no cue")
    (one,) = json.loads(as_json(text))["paragraphs"]
    key = one["key_sentence"]
    assert text[key["start"] : key["end"]] == key["text"]


# ------------------------------------------------------------------------------ the key sentence


def words(*counts: int) -> str:
    """Sentences of so many words."""
    return " ".join(f"A{' an' * (count - 1)}." for count in counts)


BEARING = rule_set(
    rule("must", ["must"], tag="recommendation", weight=5),
    rule("is", ["is"], tag="claim", weight=5),
    keys=[
        key_rule("but", ["but"], 4),
        key_rule("sure", ["sure"], -4, unless=["not"]),
        key_rule("end", ["so"], 3, where="closing"),
    ],
)
# fmt: off
KEYS = {
    "the most words": (words(3, 5, 4), 2),
    "the first of equals": (words(3, 5, 5), 2),
    "eighteen words give all there is": (words(18, 3) + " But" + " an" * 13 + ".", 1),
    "of more the longest wins the tie": (words(18, 20, 19), 2),
    "a point is a point over that": (words(30) + " But" + " an" * 14 + ".", 2),
    "a key rule adds its weight": (words(5) + " But no.", 2),
    "and once more where it fires once more": (words(3) + " Sure. Not so sure.", 3),
    "a negative one takes": ("Sure it an an. " + words(2), 2),
    "unless it is silenced": ("Sure it an not. " + words(2), 1),
    "in its place only": (words(4) + " So no. " + words(3), 1),
    "a call to act counts ten": (words(12) + " You must act. You must.", 2),
    "once only": ("You must, must it. " + words(5) + " I must be an an.", 3),
    "and in a recommendation alone": (words(5) + " It must. It is. It is. It is.", 1),
}
# fmt: on


@pytest.mark.parametrize(("text", "number"), KEYS.values(), ids=KEYS)
def test_the_key_sentence_has_the_most_points(text: str, number: int) -> None:
    (one,) = outline(text, BEARING).paragraphs
    assert one.block.sentences.index(one.key_sentence) == number - 1


# ------------------------------------------------------------------------ brief, verbose, in files

LONG = "Tea is better " + "than it seems " * 30 + "now.\n\nI had 3 cups of it, {}.\n\nBanner\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tea.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "long.txt").write_text(LONG.format("very " * 40), encoding="utf-8")
    return tmp_path


LONG_ARGS = ("outline", "long.txt", "--rules", "tea.yaml")


@pytest.mark.parametrize("columns", [40, 50, 60, 80, 120, 300])
def test_brief_is_one_clipped_line_a_paragraph_with_the_guides_of_the_tree(
    run: Run, run_in_terminal: RunInTerminal, folder: Path, columns: int
) -> None:
    screen = run_in_terminal(*LONG_ARGS, "--brief", columns=columns, NO_COLOR="1")
    piped = run(*LONG_ARGS, "--brief", env={"COLUMNS": str(columns)})
    assert (screen.code, piped) == (0, (0, screen.text.encode(), b""))
    lines = screen.text.splitlines()
    tagged = [line for line in lines if re.match(r"\W+\d+  (claim|evidence)", line)]
    assert lines[-2:] == tagged, "a line each, and nothing between them"
    assert [line[:21] for line in tagged] == [" 1  claim            ", " └─ 2  evidence?     "]
    assert [len(line) for line in lines if len(line) > min(columns, 120)] == []
    assert tagged[0].endswith(" …")
    if columns > 40:  # where there is no room for both, which of them goes is not the point
        assert tagged[1].endswith(" …  or recommendation")


def test_brief_clips_where_what_stands_before_a_sentence_takes_all_columns(
    run: Run, folder: Path
) -> None:
    (folder / "long.txt").write_text("Tea was better than ever.\n\n" * 12, encoding="utf-8")
    out = run(*LONG_ARGS, "--brief", env={"COLUMNS": "20"}).out.decode()
    assert "Tea was …" in out
    assert "ever" not in out


def test_what_is_skipped_is_counted_as_what_is_read(run: Run, folder: Path) -> None:
    (folder / "long.txt").write_text("Advertisement\n\n" * 1_200, encoding="utf-8")
    assert "· 0 paragraphs · 1,200 skipped\n" in run("outline", "long.txt").out.decode()


def test_brief_clips_nothing_that_fits_and_only_whole_words(run: Run, folder: Path) -> None:
    (folder / "long.txt").write_text(TEXT, encoding="utf-8")
    lines = run(*LONG_ARGS, "--brief").out.decode().splitlines()
    assert lines[2:] == [
        " 1  claim?           Tea is better.  or evidence",
        " └─ 2  evidence?     I had 3 cups.  or recommendation",
        " 3  recommendation   Let us sip.",
    ]
    (folder / "long.txt").write_text(LONG, encoding="utf-8")
    kept = run(*LONG_ARGS, "--brief").out.decode().splitlines()[2].removesuffix(" …")[21:]
    assert f"{LONG} ".startswith(f"{kept} ")


SKIPPED = ["", "skipped  line 5  frame, banner: Banner"]


def test_verbose_lists_what_is_skipped_with_its_rules_after_the_outline(
    run: Run, run_in_terminal: RunInTerminal, folder: Path
) -> None:
    for form in ((), ("--format", "tree"), ("--brief",)):
        bare, more = (run(*LONG_ARGS, *form, *also) for also in ((), ("--verbose",)))
        assert more.out.decode().splitlines() == [*bare.out.decode().splitlines(), *SKIPPED]
    shown = run_in_terminal(*LONG_ARGS, "--verbose", NO_COLOR="1").text.splitlines()
    assert shown[-2:] == SKIPPED


def test_verbose_adds_nothing_where_nothing_is_skipped(run: Run, folder: Path) -> None:
    (folder / "long.txt").write_text("Tea is better.\n", encoding="utf-8")
    assert run(*LONG_ARGS, "--verbose") == run(*LONG_ARGS)


@pytest.mark.parametrize(
    ("form", "option"),
    [
        (["--format", "markdown"], "--brief"),
        (["-o", "new.md"], "--brief"),
        (["--format", "json"], "--brief"),
        (["--format", "json"], "--verbose"),
        (["-o", "new.json"], "--verbose"),
        (["-o", "new.html"], "--verbose"),
        (["--format", "labels"], "--verbose"),
    ],
)
def test_what_is_whole_refuses_to_be_anything_else(
    run: Run, folder: Path, form: list[str], option: str
) -> None:
    code, out, err = run(*LONG_ARGS, *form, option)
    assert (code, out, err.count(b"\n")) == (2, b"", 1)
    assert f"(leave out {option})".encode() in err
    assert not list(folder.glob("new.*"))


def test_markdown_has_evidence_below_the_first_that_it_can_hang_under() -> None:
    items = [
        line for line in as_markdown("I had 3 cups.\n\nTea is better.").splitlines() if "¶" in line
    ]
    assert [item.partition(":")[0] for item in items] == ["- ¶2 **claim", "  - ¶1 **evidence?"]


def test_markdown_has_the_cues_as_footnotes_where_they_are_asked_for() -> None:
    view = lc.View("markdown", is_verbose=True)
    shown = lc.show_outline(outline("Tea *is* better.\n\nIt rained."), view)
    *_, first, second, _, note = shown.splitlines()
    assert first == "- ¶1 **claim:** Tea is better.[^1]"
    assert second.startswith("- ¶2 **claim?:** It rained.")
    assert "[^" not in second
    assert note == '[^1]: better, claim 3: "is\\* better"'


LABELLED = st.lists(
    st.sampled_from(["Tea is better.", "I had 3 cups.", "Let us sip.", "Banner", "It rained."]),
    min_size=1,
    max_size=8,
)


@given(LABELLED)
def test_rows_to_label_agree_with_the_rules_until_somebody_corrects_them(parts: list[str]) -> None:
    reading = outline("\n\n".join(parts))
    rows = lc.show_outline(reading, lc.View("labels")).splitlines()
    tags = [json.loads(row)["tag"] for row in rows]
    assert tags == [one.verdict or "skip" for one in reading.blocks]
    if reading.paragraphs:
        score = lc.score_labels(lc.parse_labels(rows, "rows"), lc.parse_rules(RULES))
        assert (score.accuracy, score.rows) == (1, len(reading.paragraphs))


@pytest.mark.parametrize("columns", ["", "50", "100", "300"])
def test_a_tree_without_a_terminal_is_that_of_a_terminal_as_wide(
    run: Run, run_in_terminal: RunInTerminal, columns: str
) -> None:
    """80 columns unless COLUMNS says otherwise; the environment's colour is not for files."""
    env = {"COLUMNS": columns} if columns else {}
    shown = run_in_terminal("outline", columns=int(columns or 80), NO_COLOR="1").text.encode()
    assert run("outline", "--format", "tree", env=env) == (0, shown, b"")
    assert b"\xe2\x94\x94\xe2\x94\x80" in shown
    assert run("outline", "-o", "-", "--format", "tree", env=env).out == shown


@pytest.mark.parametrize("also", [{}, {"FORCE_COLOR": "1"}], ids=str)
def test_a_text_file_gets_the_tree_from_a_pipe_and_from_a_terminal(
    run: Run, run_in_terminal: RunInTerminal, tmp_path: Path, also: dict[str, str]
) -> None:
    shown = run_in_terminal("outline", NO_COLOR="1").text
    assert run("outline", "-o", "piped.txt", env=also) == (0, b"", b"")
    assert run_in_terminal("outline", "-o", "shown.txt", **also) == (0, "")
    for name in ("piped.txt", "shown.txt"):
        assert (tmp_path / name).read_text(encoding="utf-8") == shown


# ------------------------------------------------------------------------------------- the op-ed


def test_the_shipped_op_ed_is_the_owners_file_byte_for_byte() -> None:
    data = lc.shipped_file(lc.SHIPPED_TEXT).read_bytes()
    known = "b3d074b2bc0c196f5a2dc3e1f47ca106ad9803c42bef66a44d3c0a08d17a2852"
    assert hashlib.sha256(data).hexdigest() == known


def test_the_op_ed_has_ten_paragraphs_and_page_furniture(
    op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    reading = lc.build_outline(op_ed, shipped_rules)
    assert (len(reading.text), op_ed.count("\u00a0")) == (5345, 3)
    assert [one.number for one in reading.paragraphs] == list(range(1, 11))
    assert len(reading.skipped) == 6
    note, *others = [" ".join(block.text.split()) for block in reading.skipped]
    assert note.startswith("Andrei Lankov is a professor")
    assert others == ["AD AD", "AD AD", "AD AD", "Read more:", "AD AD"]


def test_a_reading_of_a_text_that_has_no_name_is_nameless(shipped_rules: lc.RuleSet) -> None:
    assert lc.build_outline("Tea.", shipped_rules).source == ""
    assert lc.lazy_outline("Tea.", shipped_rules).source == ""


def test_a_lazy_outline_is_the_outline_read_anew_each_time(
    op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    whole = lc.build_outline(op_ed, shipped_rules)
    lazy = lc.lazy_outline(op_ed, shipped_rules)
    assert (lazy.digest, lazy.last_number) == (whole.digest, whole.last_number)
    assert [tuple(lazy.blocks), tuple(lazy.blocks)] == [whole.blocks] * 2
