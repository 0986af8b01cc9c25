"""What `check` says of a rule file's examples, and of what is likely to be a slip."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import BLOCK, Run, edited

import lankov_claims as lc

POT = BLOCK.partition("rules:\n")[2].replace("id: tea", "id: pot").replace("[tea, mug]", "[pot]")
POT = POT.replace("Tea.", "A pot.")
BANNER = """\
skip:
  - id: banner
    why: A banner.
    any: [buy tea]
    examples: {match: [Buy tea], miss: [Do buy tea]}
"""
TURN = """\
keys:
  - id: turn
    why: It turns.
    weight: -5
    any: [but, yet]
    where: opening
    unless: [now]
    examples:
      match: [But tea., "Yet tea."]
      miss: [And., But now.]
"""
CUP = "lists:\n  cup: [cup, mug]\n"


def check(run: Run, folder: Path, text: str, *options: str) -> tuple[int, list[str]]:
    """The exit code and the lines of standard output, which is all there may be."""
    (folder / "my.yaml").write_text(text, encoding="utf-8")
    code, out, err = run("check", "my.yaml", *options)
    assert err == b""
    return code, out.decode().splitlines()


def test_several_files_are_checked_and_the_worst_counts(run: Run, tmp_path: Path) -> None:
    for name, text in (("good.yaml", BLOCK), ("bad.yaml", edited(("weight: 2", "weight: -2")))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    good = b"good.yaml: all well: 1 rule, 0 skip rules, 0 lists, 2 examples; 50% of the entries in"
    code, out, err = run("check", "good.yaml", "bad.yaml", "good.yaml")
    first, fault, last = out.splitlines()
    assert (code, err) == (1, b"")
    assert first.startswith(good)
    assert fault.startswith(b"bad.yaml:7:13: ")
    assert last == first
    code, out, err = run("check", "bad.yaml", "none.yaml", "good.yaml")
    assert (code, len(out.splitlines())) == (2, 2)
    assert err == b"none.yaml: cannot read it: no such file or directory (check the path)\n"


@pytest.mark.parametrize("options", [[], ["--strict"]], ids=["check", "check --strict"])
@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (BLOCK, "1 rule, 0 skip rules, 0 lists, 2 examples; 50%"),
        (f"{BLOCK}{POT}{BANNER}", "2 rules, 1 skip rule, 0 lists, 6 examples; 75%"),
        (f"{edited(('mug]', '<cup>]'))}{CUP}", "1 rule, 0 skip rules, 1 list, 2 examples; 50%"),
        (
            edited(("mug]", "(cup|mug)]"), ("[Tea.]", "[Tea., A mug.]")),
            "1 rule, 0 skip rules, 0 lists, 3 examples; 100%",
        ),
        (
            edited(("[Tea.]", "[Tea., A mug.]"), ("weight: 2", "weight: 0")),
            "1 rule, 0 skip rules, 0 lists, 3 examples; 100%",
        ),
    ],
    ids=["one rule", "rules of both kinds", "a list", "as written", "a rule that is off"],
)
def test_a_file_that_is_all_well_is_one_line(
    text: str, counts: str, options: Sequence[str], run: Run, tmp_path: Path
) -> None:
    told = f'my.yaml: all well: {counts} of the entries in "any" match one'
    assert check(run, tmp_path, text, *options) == (0, [told])


SILENT = 'rule "tea": is silent on this "match" example'
NOTHING = 'what fires here: nothing; widen "any", or change the example'
OTHERS = NOTHING.replace("nothing", "pot")
LOOSEN = "loosen that, or change the example"
FIRES = 'rule "tea": fires on this "miss" example, at "{}" (narrow "any", or add "unless")'
# fmt: off
EXAMPLES = {
    "silent": ([("[Tea.]", "[Salt.]")], [f"11:15: {SILENT} ({NOTHING})"]),
    "instead": ([("[Tea.]", "[Tea., A pot.]")], [f"11:21: {SILENT} ({OTHERS})"]),
    "unless": ([("[Tea.]", "[Buy tea, Tea.]"), ("[iced]", "[buy]")],
               [f'11:15: {SILENT} (silenced by unless: "Buy"; {LOOSEN})']),
    "where": ([("[Tea.]", "[Salt. Tea., Tea.]"), ("anywhere", "opening")],
              [f"11:15: {SILENT} (silenced by where: opening; {LOOSEN})"]),
    "fires": ([("[Not.]", "[Not., Some tea.]")], [f"12:20: {FIRES.format('tea')}"]),
    "all of them, by place": (
        [("[Tea.]", "[Salt.]"), ("[Not.]", "\n        - Some tea.\n        - My MUG.")],
        [f"11:15: {SILENT} ({NOTHING})", f"13:11: {FIRES.format('tea')}",
         f"14:11: {FIRES.format('MUG')}"]),
}
# fmt: on


@pytest.mark.parametrize("options", [[], ["--strict"]], ids=["check", "check --strict"])
@pytest.mark.parametrize(("swaps", "told"), EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_that_does_not_hold_is_a_fault_at_its_own_place(
    swaps: list[tuple[str, str]], told: list[str], options: Sequence[str], run: Run, tmp_path: Path
) -> None:
    code, lines = check(run, tmp_path, edited(*swaps) + POT + BANNER, *options)
    faults = [line for line in lines if ": warning: " not in line]
    assert (code, faults) == (1, [f"my.yaml:{line}" for line in told])


def test_a_rule_with_a_silent_example_is_not_also_said_to_lose_it(run: Run, tmp_path: Path) -> None:
    lines = check(run, tmp_path, edited(("[Tea.]", "[Salt.]"), ("claim", "evidence")))[1]
    assert lines == [f"my.yaml:11:15: {SILENT} ({NOTHING})"]


def test_the_examples_of_skip_rules_run_too(run: Run, tmp_path: Path) -> None:
    banner = BANNER.replace("[Buy tea]", "[Sell tea]").replace("[Do buy tea]", "[BUY TEA]")
    # A skip rule has no "unless": the only way out is a narrower "any".
    silent = f"my.yaml:17:24: {SILENT} ({OTHERS})".replace("tea", "banner").replace("pot", "tea")
    fires = 'my.yaml:17:42: rule "banner": fires on this "miss" example, at "BUY TEA"'
    told = [silent, f'{fires} (narrow "any")']
    assert check(run, tmp_path, BLOCK + banner) == (1, told)


# fmt: off
TURNS = {
    "silent": (("[But tea.,", "[Tea.,"),
               f"21:15: {SILENT} ({NOTHING.replace('nothing', 'tea')})"),
    "where": (("[But tea.,", "[Tea. But.,"),
              f"21:15: {SILENT} (silenced by where: opening; {LOOSEN})"),
    "unless": (("[But tea.,", "[But now tea.,"),
               f'21:15: {SILENT} (silenced by unless: "now"; {LOOSEN})'),
    "fires": (("[And.,", "[And but.,"), f"22:14: {FIRES.format('but')}"),
    "off": (("weight: -5", "weight: 0"), ""),
}
# fmt: on


@pytest.mark.parametrize(("swap", "told"), TURNS.values(), ids=TURNS)
def test_the_examples_of_key_rules_run_too(
    swap: tuple[str, str], told: str, run: Run, tmp_path: Path
) -> None:
    assert check(run, tmp_path, BLOCK + TURN, "--strict")[0] == 0
    code, (line,) = check(run, tmp_path, (BLOCK + TURN).replace(*swap), "--strict")
    assert code == bool(told)
    assert line.startswith(f"my.yaml:{told}".replace('"tea"', '"turn"') if told else "my.yaml: all")


STRONG_POT = POT.replace("claim", "evidence").replace("weight: 2", "weight: 3")
TWIN = BLOCK.partition("rules:\n")[2].replace("id: tea", "id: twin")
OTHER_TWIN = TWIN.replace("[tea, mug]", "[mug, tea]").replace("It is so.", "It is not.")
SAME = '13:9: {} "twin" reads every text as rule "tea" does (drop one)'
KEY_TWIN = "keys:\n" + TWIN.replace("    tag: claim\n", "")
TURN_TWIN = TURN.replace("keys:\n", "").replace("id: turn", "id: turns")
SAME_TURN = '23:9: {} "turns" reads every text as rule "turn" does (drop one)'
HOLDS = '{} "tea": "{{0}}" only matches where "{{1}}" does (drop "{{0}}")'
PLAIN = '{} "tea": /cup/ has no metacharacter (write the phrase: cup)'
LITERAL = '{} "tea": "{{}}" is read letter by letter (put an expression in slashes: /…/)'
STRAY = '{} "tea": the phrase "{{}}" holds a stray quotation mark (remove it)'
LOSES = '3:9: {} "tea": no "match" example gets the tag claim from all rules (add one that does)'
# fmt: off
SLIPS = {
    "twins": (BLOCK + TWIN, [SAME]),
    "twins in another order, with another why": (BLOCK + OTHER_TWIN, [SAME]),
    "twins of key rules": (f"{BLOCK}{TURN}{TURN_TWIN}", [SAME_TURN]),
    "a key rule is no twin of a rule": (f"{BLOCK}{KEY_TWIN}", []),
    "a phrase in a phrase of a key rule": (
        f"{BLOCK}{TURN.replace('yet]', 'but then]')}".replace('"Yet tea."', "But then."),
        ["17:16: " + HOLDS.replace("{{0}}", "but then").replace("{{1}}", "but")
         .replace('"tea"', '"turn"')]),
    "no twins": (BLOCK + TWIN.replace("weight: 2", "weight: 1"), []),
    "a phrase in a phrase": (edited(("mug]", "hot TEA time, teapot]")),
        ["6:16: " + HOLDS.replace("{{0}}", "hot TEA time").replace("{{1}}", "tea")]),
    "the end of a word is no phrase of its own": (
        edited(("mug]", "\"it's\", \"'s\"]")), []),
    "a phrase in a phrase of unless": (edited(("[iced]", "[iced  tea, iced]")),
        ["9:14: " + HOLDS.replace("{{0}}", "iced tea").replace("{{1}}", "iced")]),
    "unless may hold what any does": (edited(("[iced]", "[tea time, teapot]")), []),
    "an expression that is a phrase": (edited(("mug]", "/cup/]")), [f"6:16: {PLAIN}"]),
    "phrases that are expressions": (
        edited(("mug]", "U.S., '[cm]ug.*', '\\bjug', 'pot{2}', '(cup|mug)+']")),
        [f"6:22: {LITERAL.replace('{{}}', '[cm]ug.*')}",
         f"6:34: {LITERAL.replace('{{}}', chr(92) + 'bjug')}",
         f"6:43: {LITERAL.replace('{{}}', 'pot{{2}}')}",
         f"6:53: {LITERAL.replace('{{}}', '(cup|mug)+')}"]),
    "a quotation mark too many": (
        edited(("mug]", "\"it''s mug\", cup\"]")),
        [f"6:16: {STRAY}".replace("{{}}", "it''s mug"), f"6:29: {STRAY}".replace("{{}}", 'cup"')]),
    "expressions that are none": (edited(("mug]", "/cups?/, '/c.p/']")), []),
    "no example is won": (edited(("[Tea.]", "[A tea pot.]")) + STRONG_POT, [LOSES]),
    "one of them is": (edited(("[Tea.]", "[A tea pot., Tea.]")) + STRONG_POT, []),
    # A skip rule matches a paragraph whole: its longer phrase takes another paragraph.
    "a phrase in a phrase of skip": (
        BLOCK + BANNER.replace("[buy tea]", "[buy tea, do buy tea now]"), []),
    "an ellipsis where none is read": (
        edited(("mug]", "cup …, pot]")),
        ['6:16: {} "tea": "cup …": an ellipsis is for skip rules (drop it)']),
    "full stops for an ellipsis": (
        BLOCK + BANNER.replace("[buy tea]", "[buy tea, buy tea ...]"),
        ['16:20: {} "banner": "buy tea ..." holds an ellipsis that is none '
         '(write … and a space, or a space and …)']),
    "all of them, by place": (
        edited(("mug]", "/cup/]"), ("[Tea.]", "[A tea pot.]")) + STRONG_POT,
        [LOSES, f"6:16: {PLAIN}"]),
}
# fmt: on


@pytest.mark.parametrize(("text", "told"), SLIPS.values(), ids=SLIPS)
def test_a_likely_slip_is_a_warning_and_a_fault_to_the_strict(
    text: str, told: list[str], run: Run, tmp_path: Path
) -> None:
    lines = [f"my.yaml:{line.format('warning: rule')}" for line in told]
    code, out = check(run, tmp_path, text)
    assert (code, out[:-1]) == (0, lines)
    assert out[-1].startswith("my.yaml: all well: ")
    strict = check(run, tmp_path, text, "--strict")
    assert strict == ((1, lines) if lines else (0, out[-1:]))


# -------------------------------------------------------------------------------- the shipped rules


def test_the_shipped_rules_are_all_well_to_the_strict(run: Run) -> None:
    code, out, err = run("check", "--strict")
    assert (code, out.count(b"\n"), err) == (0, 1, b""), out.decode()
    assert out.startswith(b"rules.yaml: all well: ")


SHIPPED = lc.load_rules()


@pytest.mark.parametrize("one", SHIPPED.rules + SHIPPED.keys, ids=lambda one: str(one.id))
def test_a_shipped_rule_fires_on_its_examples_and_misses_the_others(one: lc.Rule) -> None:
    alone = SHIPPED._replace(rules=(one._replace(weight=1),), skips=(), keys=(), ending=None)
    read = [lc.read_blocks([lc.make_block(text)], alone)[0] for text in one.match + one.miss]
    fires = [bool(paragraph.heard) for paragraph in read]
    assert fires == [True] * len(one.match) + [False] * len(one.miss)


@pytest.mark.parametrize("one", SHIPPED.skips, ids=lambda one: str(one.id))
def test_a_shipped_skip_rule_takes_its_examples_and_leaves_the_others(one: lc.SkipRule) -> None:
    alone = SHIPPED._replace(rules=(), keys=(), skips=(one,))
    read = [lc.read_blocks([lc.make_block(text)], alone)[0] for text in one.match + one.miss]
    takes = [paragraph.skips == (one.id,) for paragraph in read]
    assert takes == [True] * len(one.match) + [False] * len(one.miss)


def test_examples_show_what_most_entries_of_the_shipped_rules_are_for() -> None:
    assert lc.exercised_share(SHIPPED) >= 0.6


# ------------------------------------------------------------------------------------ hidden slips


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[tea, mug]",
            "\n      - we must #act\n      - tea",
            'my.yaml:7:9: warning: "#act" is a comment here, no part of "we must" '
            '(quote all of the text, or write "# " before a comment)',
        ),
        (
            "It is so.",
            "It is #so.",
            'my.yaml:5:10: warning: "#so." is a comment here, no part of "It is" (quote all of the '
            'text, or write "# " before a comment)',
        ),
        (
            "[tea, mug]",
            "\n      - tea\n      - mug\n       - cup",
            'my.yaml:8:9: warning: "mug - cup" is one text, though a dash begins its next line '
            "(line up the dash with the one above)",
        ),
        (
            "[tea, mug]",
            '[tea, "mu\\ng"]',
            'my.yaml:6:16: warning: rule "tea": "mu g" holds the white space U+000A (write a plain '
            "one; in double quotes a backslash needs a second)",
        ),
        (
            "[tea, mug]",
            '[tea, "/\\tide/"]',
            'my.yaml:6:16: warning: rule "tea": "/ ide/" holds the white space U+0009 (write a '
            "plain one; in double quotes a backslash needs a second)",
        ),
        (
            "[tea, mug]",
            "[tea, ^mug]",
            'my.yaml:6:16: warning: rule "tea": "^mug" is read letter by letter (as an anchor ^ or '
            "$ stands apart, by a space)",
        ),
        (
            "[tea, mug]",
            "[tea, mug$]",
            'my.yaml:6:16: warning: rule "tea": "mug$" is read letter by letter (as an anchor ^ or '
            "$ stands apart, by a space)",
        ),
        (
            "[tea, mug]",
            "[tea, '/mug’s?/']",
            'my.yaml:6:16: warning: rule "tea": /mug’s?/: no text has ’ where rules look, but \' '
            "(write that)",
        ),
        (
            "[tea, mug]",
            "[tea, '/mug\xa0s?/']",
            'my.yaml:6:16: warning: rule "tea": "/mug s?/" holds the white space U+00A0 (write a '
            "plain one; in double quotes a backslash needs a second)",
        ),
    ],
    ids=[
        *("a comment", "a comment in a why", "a dash too deep"),
        *("an escaped line break", "an escaped tab", "a start", "an end"),
        *("a mark that no text has", "a space that no text has"),
    ],
)
def test_what_is_not_read_as_it_looks_is_a_warning(
    run: Run, tmp_path: Path, old: str, new: str, told: str
) -> None:
    code, lines = check(run, tmp_path, edited((old, new)))
    assert (code, lines[:-1]) == (0, [told])
    assert check(run, tmp_path, edited((old, new)), "--strict") == (1, [told])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[tea, mug]", "\n      - tea # a drink\n      - 'mug #2' # as well"),
        ("[tea, mug]", "[tea, mug]  #ours"),
        ("[tea, mug]", "\n      - tea\n      - mug of\n        char"),
        ("It is so.", "It is so,\n      - or so."),
    ],
    ids=["usual comments", "behind a list", "an entry of two lines", "a dash in a why"],
)
def test_what_is_read_as_it_looks_is_none(run: Run, tmp_path: Path, old: str, new: str) -> None:
    _, lines = check(run, tmp_path, edited((old, new)))
    assert [line for line in lines if "comment" in line or "holds" in line] == []


@pytest.mark.parametrize(
    ("expression", "example"),
    [
        ("/(a+)+$/", "Tea."),
        (r"/(\w+\s?)*!!!/", "Hey!!!"),
        ("/(a|b|ab)*c/", "abc"),
        ("/(.*,){9}x/", ",,,,,,,,,x"),
        (r"/must (\w+ ?)+\./", "must be."),
        (r"/^(\s*\w+,?)*;/", "Tea;"),
        (r"/\$(\d+,?)+ (million|billion)/", "It cost $10 million."),
        (r"/(\d+)+%/", "Tea."),
        (r"/^(?:[^,]+)+$/", "Tea."),
    ],
)
def test_an_expression_that_may_take_endless_time_is_a_warning(
    run: Run, tmp_path: Path, expression: str, example: str
) -> None:
    shown = ("[Tea.]", f"['Tea.', '{example}']")
    _, lines = check(run, tmp_path, edited(("[tea, mug]", f"[tea, '{expression}']"), shown))
    (told,) = [line for line in lines if "takes very long" in line]
    assert told.startswith(f'my.yaml:6:16: warning: rule "tea": {expression} takes very long on "')
    assert told.endswith("(let no two of its repeats or alternatives fit the same words)")


def test_one_expression_in_a_list_is_told_once(run: Run, tmp_path: Path) -> None:
    twice = edited(("[tea, mug]", "[tea, <bad>]"), ("[iced]", "[<worse>]"))
    lists = "lists:\n  bad: ['/(b+)+$/']\n  worse: [<bad>]\n"
    _, lines = check(run, tmp_path, twice + lists)
    assert len([line for line in lines if "takes very long" in line]) == 1


def test_where_nothing_could_end_a_search_it_is_not_tried(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lc, "search_timer", lambda: lc._no_timer)
    _, lines = check(run, tmp_path, edited(("[tea, mug]", "[tea, '/(b+)+$/']")))
    assert [line for line in lines if "takes very long" in line] == []


@pytest.mark.timed
def test_many_rules_are_checked_in_a_moment(tmp_path: Path, run: Run) -> None:
    """They take ten times as long as a tenth of them, and not a hundred times."""
    rule_lines = [POT.replace("pot", f"pot{number}") for number in range(400)]
    timed = []
    for count in (40, 400):
        start = time.process_time()
        code, _ = check(run, tmp_path, BLOCK + "".join(rule_lines[:count]))
        timed.append(time.process_time() - start)
        assert code == 0
    assert timed[1] < 25 * timed[0] + 1
