"""The lists of the rule language: what entries stand for, what is wrong, and who uses a list."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Run, rule, rule_set, skip_rule
from jsonschema import Draft202012Validator

import lankov_claims as lc

each = pytest.mark.parametrize
SCHEMA = json.loads(lc.shipped_file("rules.schema.json").read_text(encoding="utf-8"))


def key_rule(id: str, any: Sequence[str], weight: int = 10, **fields: Any) -> Any:
    """A rule without a tag, as an entry of keys."""
    return json.loads(rule(id, any, tag=None, weight=weight, **fields))


# ------------------------------------------------------------------------- what an entry stands for

LISTS = {
    "cup": ["cup", "tea mug", "(glass|jar)"],
    "pour": ["pour", "pours"],
    "filled": ["<cup> of tea", "full <cup>"],
    "mixed": ["/mugs?/", "^ pot", "bowl $"],
    "marks": ["a.c", "don’t"],
    "case": ["to", "Together", "toward"],
    "both": ["/te./", "teapot"],
}
STANDS_FOR: list[tuple[str, str, list[str]]] = [
    ("a phrase", "hot tea", ["hot tea"]),
    ("with any white space", " hot \n tea ", ["hot tea"]),
    ("a list alone", "<pour>", ["pour", "pours"]),
    ("a list first", "<pour> it", ["pour it", "pours it"]),
    ("a list last", "we <pour>", ["we pour", "we pours"]),
    ("a list inside", "we <pour> it", ["we pour it", "we pours it"]),
    ("a list glued to a word", "out<pour>ed", ["outpoured", "outpoursed"]),
    ("two lists", "<pour> <pour>", ["pour pour", "pour pours", "pours pour", "pours pours"]),
    ("a list of alternatives", "<cup>", ["cup", "tea mug", "glass", "jar"]),
    ("a list of lists", "<filled>", [
        "cup of tea", "tea mug of tea", "glass of tea", "jar of tea",
        "full cup", "full tea mug", "full glass", "full jar"]),
    ("alternatives", "(a|b) c", ["a c", "b c"]),
    ("an empty one", "has (long |)been", ["has long been", "has been"]),
    ("an empty one between words", "has (long|) been", ["has long been", "has been"]),
    ("an empty one first", "(|not )so", ["so", "not so"]),
    ("an ending", "say(s|ing|)", ["says", "saying", "say"]),
    ("words in one", "(in the end|at last) we", ["in the end we", "at last we"]),
    ("several of them", "(a|b) (c|d)", ["a c", "a d", "b c", "b d"]),
    ("a list in one", "(we|<pour>) do", ["we do", "pour do", "pours do"]),
    ("the start of a sentence", "^ but", ["^ but"]),
    ("its end", "so be it $", ["so be it $"]),
    ("both", "^ so $", ["^ so $"]),
    ("a list at the start", "^ <pour>", ["^ pour", "^ pours"]),
    ("alternatives at the end", "(a|b) $", ["a $", "b $"]),
    ("a ^ that opens no phrase", "x^ y", ["x^ y"]),
    ("a $ that ends none", "us$ 5, us$", ["us$ 5, us$"]),
    ("a list of all kinds, alone", "<mixed>", ["/mugs?/", "^ pot", "bowl $"]),
    ("a > that closes nothing", "a> b", ["a> b"]),
    ("an expression", "/a  (b|c)|<x/", ["/a  (b|c)|<x/"]),
    ("a list in an expression", "/<pour>ed/", ["/(?:(?:pours|pour))ed/"]),
    ("its marks are no operators", "/<marks>/", [r"/(?:(?:don't)|(?:a\.c))/"]),
    ("a literal name", r"/\<pour>/", [r"/\<pour>/"]),
    ("a group's name", "/(?P<pour>x)(?P=pour)/", ["/(?P<pour>x)(?P=pour)/"]),
]  # fmt: skip


@each(("entry", "forms"), [row[1:] for row in STANDS_FOR], ids=[row[0] for row in STANDS_FOR])
def test_an_entry_stands_for_plain_phrases_and_expressions(entry: str, forms: list[str]) -> None:
    rules = lc.parse_rules(rule_set(rule(any=[entry]), lists=LISTS))
    assert lc.write_out(rules.rules[0].any[0], lc.write_out_lists(rules.lists)) == forms


def cues(text: str, entry: str, **fields: Any) -> list[str]:
    """What a rule with one entry fires on, once a sentence."""
    rules = lc.parse_rules(rule_set(rule(any=[entry], **fields), lists=LISTS))
    return [cue.text for one in lc.build_outline(text, rules).paragraphs for cue in one.cues]


FIRES: list[tuple[str, str, str, list[str]]] = [
    ("every entry of a list", "<cup>", "A cup. A JAR. A pot. The tea\nmug.",
     ["cup", "JAR", "tea\nmug"]),
    ("whole words only", "<cup>", "A cupboard, a hiccup.", []),
    ("a list in a phrase", "a <cup> of", "A cup of it. A cup for it.", ["A cup of"]),
    ("a list in a list", "<filled>", "A glass of tea. A full jar. A full pot.",
     ["glass of tea", "full jar"]),
    ("the longest that fits", "<cup>( of tea|)", "A cup of tea.", ["cup of tea"]),
    ("no word before", "^ cup", "Cup it is. “Cup it is.” A cup.", ["Cup", "Cup"]),
    ("marks are no words", "^ cup", "— …“Cup it is.", ["Cup"]),
    ("no word after", "cup $", "A cup. A cup! A cup (yes). A cup…", ["cup", "cup", "cup"]),
    ("the last of several", "cup $", "A cup, a cup.", ["cup"]),
    ("all there is", "^ cup $", "Cup. A cup. Cup it is.", ["Cup"]),
    ("of each sentence, not each paragraph", "^ cup", "A pot. Cup it is.", ["Cup"]),
    ("beyond ASCII too", "^ été", "Été, été. Un été.", ["Été"]),
    ("and at the end where it overlaps itself", "été été $", "Été été été.", ["été été"]),
    ("a list with anchors and an expression", "<mixed>", "Pot and mugs. A pot. A bowl. Bowl it.",
     ["Pot", "bowl"]),
    ("a list in an expression", r"/<cup>s\b/", "Two cups. Two jars. A cup.", ["cups", "jars"]),
    ("which sees the folded form", "/<marks>/", "We don‘t. An abc.", ["don‘t"]),
    ("in any case the longest", "/a <case>/", "A together.", ["A together"]),
    ("among expressions, too", "/<both>/", "A teapot.", ["teapot"]),
    ("a literal < in an expression", r"/\<cup>/", "A <cup>.", ["<cup>"]),
    ("a literal ( and |", r"/\(a\|b\)/", "An (a|b).", ["(a|b)"]),
    ("a ^ in an expression is Python's", "/^cup/", "“Cup it is. Cup it is.", ["Cup"]),
]  # fmt: skip


@each(("entry", "text", "fired"), [row[1:] for row in FIRES], ids=[row[0] for row in FIRES])
def test_a_rule_fires_on(entry: str, text: str, fired: list[str]) -> None:
    assert cues(text, entry) == fired


def test_a_list_of_marks_may_stand_in_what_has_words() -> None:
    text = rule_set(rule(any=["so be it<mark> but", "/was<mark>/"]), lists={"mark": [",", ";"]})
    outline = lc.build_outline("So be it; but no. It was, was it?", lc.parse_rules(text))
    assert [cue.text for cue in outline.paragraphs[0].cues] == ["So be it; but", "was,"]


@each("name", LISTS)
def test_a_list_alone_does_what_its_entries_do(name: str) -> None:
    text = "A cup of tea. Pot. Pours a jar. Mugs. A full tea mug, a bowl. To an a.c, teapot, don't."
    inline = [rule(any=LISTS[name]), rule(any=[f"<{name}>"])]
    one, other = (lc.parse_rules(rule_set(row, lists=LISTS)) for row in inline)
    found = [lc.build_outline(text, rules).blocks for rules in (one, other)]
    assert found[0] == found[1]
    assert found[0][0].cues


def test_a_list_keeps_the_white_space_of_its_expressions() -> None:
    lists = {"x": ["/(?x) tea  # or\n | mug/", "/  pot/"]}
    rules = lc.parse_rules(rule_set(rule(any=["<x>"]), lists=lists))
    outline = lc.build_outline("A mug. A pot.", rules)
    assert [cue.text for cue in outline.paragraphs[0].cues] == ["mug"]


def test_a_list_silences_a_rule_by_any_of_its_entries() -> None:
    assert cues("Tea. Pour tea. Tea, he pours.", "tea", unless=["<pour>"]) == ["Tea"]


def test_key_rules_use_lists_too() -> None:
    keys = [key_rule("a", ["<cup> of", "/<pour>s*/"], unless=["no <cup>"])]
    rules = lc.parse_rules(rule_set(rule(any=["zebra"]), keys=keys, lists=LISTS))
    text = "A jar of tea. He poursss. A glass. No cup of tea."
    (one,) = lc.build_outline(text, rules).paragraphs
    assert [cue.text for cue in one.key_cues] == ["jar of", "poursss"]
    silent = [match.silenced for match in one.matches if match.silenced]
    assert silent == ['unless: "No cup" in no <cup>']


def test_skip_rules_use_lists_too() -> None:
    skip = [skip_rule(any=["<cup> of", "/<pour>s*/"])]
    rules = lc.parse_rules(rule_set(rule(), skip=skip, lists=LISTS))
    outline = lc.build_outline("Jar of\n\nPour\n\nPoursss\n\nJar of tea\n\nA jar of", rules)
    assert [one.text for one in outline.skipped] == ["Jar of", "Pour", "Poursss"]


@each("lists", [None, {}], ids=["null", "empty"])
def test_a_file_needs_no_lists(lists: object) -> None:
    assert lc.parse_rules(rule_set(lists=lists)).lists == lc.parse_rules(rule_set()).lists == ()


# ------------------------------------------------------------------------------------ what is wrong


# The rule's entry stands in line 7, the lists on the lines from 3 on; "~" is 'rule "tea":'.
def written(entry: str, *lists: str) -> str:
    rows = [f"  {row}" for row in lists] or ["  cup: [cup]"]
    rest = ["    tag: claim", "    why: So.", "    examples: {match: [A cup.], miss: [Not.]}"]
    head = ["version: 1", "lists:", *rows, "rules:", "  - id: tea", f"    any: [{entry}]"]
    return "\n".join([*head, *rest]) + "\n"


def faults(text: str) -> list[str]:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(text, "f")
    return [str(fault).removeprefix("f:") for fault in caught.value.faults]


UNKNOWN = "(add it to lists; a literal < needs an expression, as \\<)"
KEBAB = "must be in kebab-case, a letter first (small letters, digits and single hyphens)"
PLAIN = 'an expression, a "^ " or " $" or an ellipsis'
ALONE = "(let it stand alone, or split the list)"
MANY = "over 50,000 phrases once lists are written out (shorten the lists)"
LITERAL = "needs an expression, or (a|b) its other half"
ITSELF = "(leave one out)"
Row = tuple[str, str, list[str], list[str]]
FAULTS: list[Row] = [
    ("an unknown list", "<mug>", [], [f'6:11: ~ "<mug>" uses an unknown list <mug> {UNKNOWN}']),
    ("one nearly known", "a <cups>", [],
     ['6:11: ~ "a <cups>" uses an unknown list <cups> (did you mean "cup"?)']),
    ("one in alternatives", "'(a|<cups>) b'", [],
     ['6:11: ~ "(a|<cups>) b" uses an unknown list <cups> (did you mean "cup"?)']),
    ("one in an expression", "/<cups>/", [],
     ['6:11: ~ "/<cups>/" uses an unknown list <cups> (did you mean "cup"?)']),
    ("one in a list", "<cup>", ["cup: [<mug>]"],
     [f'3:9: the list <cup>: "<mug>" uses an unknown list <mug> {UNKNOWN}']),
    ("no name", "<>", [], [f'6:11: ~ "<>" uses an unknown list <> {UNKNOWN}']),
    ("HTML", "'<b>so</b>'", [], [f'6:11: ~ "<b>so</b>" uses an unknown list </b> {UNKNOWN}']),

    ("a list of itself", "<cup>", ["cup: [a, <cup>]"],
     [f"3:3: the list <cup> uses itself: <cup> → <cup> {ITSELF}"]),
    ("in a phrase", "<cup>", ["cup: [a, b <cup>]"],
     [f"3:3: the list <cup> uses itself: <cup> → <cup> {ITSELF}"]),
    ("in an expression", "<cup>", ["cup: [/a<cup>/]"],
     [f"3:3: the list <cup> uses itself: <cup> → <cup> {ITSELF}"]),
    ("a circle of two", "<b>", ["b: [<a>]", "a: [<b>]"],
     [f"3:3: the list <b> uses itself: <b> → <a> → <b> {ITSELF}"]),
    ("a circle of three", "<c>", ["b: [<c>]", "c: [x, <a>]", "a: [(<b>|y)]"],
     [f"3:3: the list <b> uses itself: <b> → <c> → <a> → <b> {ITSELF}"]),
    ("two circles", "<a>", ["a: [<b>]", "b: [<a>]", "c: [<c>]"],
     [f"3:3: the list <a> uses itself: <a> → <b> → <a> {ITSELF}",
      f"5:3: the list <c> uses itself: <c> → <c> {ITSELF}"]),

    ("a name in capitals", "tea", ["Cup: [a]"], [f'3:3: the list\'s name "Cup" {KEBAB}']),
    ("a name that starts with a digit", "tea", ["2nd: [a]"],
     [f'3:3: the list\'s name "2nd" {KEBAB}']),
    ("a name with an underscore", "tea", ["a_b: [a]"],
     [f'3:3: the list\'s name "a_b" {KEBAB}']),
    ("a name with a space", "tea", ["a b: [a]"], [f'3:3: the list\'s name "a b" {KEBAB}']),
    ("a name that YAML takes for something else", "tea", ["no: [a]"],
     ['3:3: the list\'s name is read by YAML as true or false (quote it: \'no\')']),
    ("a name there twice", "<cup>", ["cup: [a]", "cup: [b]"],
     ['4:3: the key "cup" is there twice (keep one)']),
    ("a list as a name", "tea", ["[cup]: [a]"],
     ["3:3: a key must be a word (the name of a list)"]),
    ("a text for entries", "<cup>", ["cup: a"],
     ['3:8: the list "<cup>" must be a list (start each entry with "- ")']),
    ("no entries", "tea", ["cup: []"], ['3:8: the list "<cup>" is an empty list (write an entry)']),
    ("nothing", "tea", ["cup:"],
     ['3:7: the list "<cup>" must be a list (start each entry with "- ")']),
    ("a number in a list", "tea", ["cup: [7]"],
     ['3:9: an entry of the list "<cup>" is read by YAML as a number (quote it: \'7\')']),

    ("an open <", "a <b", [], [f'6:11: ~ "a <b": a literal < {LITERAL}']),
    ("an open (", "(a|b", [], [f'6:11: ~ "(a|b": a literal ( {LITERAL}']),
    ("a lonely )", "a|b)", [], [f'6:11: ~ "a|b)": a literal | {LITERAL}']),
    ("a lonely |", "a|b", [], [f'6:11: ~ "a|b": a literal | {LITERAL}']),
    ("brackets that are none", "U.S. (really)", [],
     ['6:11: ~ "U.S. (really)": a literal ( needs an expression; alternatives are (a|b)']),
    ("brackets in brackets", "'((a|b)|c) d'", [],
     [f'6:11: ~ "((a|b)|c) d": a literal ( {LITERAL}']),
    ("no word", "'...'", [],
     ['6:11: ~ the phrase "..." has no letter or digit (write a word)']),
    ("no word in an entry of a list", "<cup>, so<cup> we, /<cup>/", ["cup: [a, ';']"],
     ['6:11: ~ the phrase ";" has no letter or digit (write a word)']),
    ("perhaps no word", "(a|) (b|)", [],
     ['6:11: ~ the phrase "" has no letter or digit (write a word)']),
    ("an anchor alone", "^ $", [],
     ['6:11: ~ the phrase "^ $" has no letter or digit (write a word)']),
    ("perhaps an expression", "(and|)/or", [],
     ['6:11: ~ the phrase "/or" would be an expression (write a word before its "/")']),
    ("flags", "/a/i", [],
     ["6:11: ~ /a/i: no flags stand after the last slash (any case matches already)"]),

    ("an expression inside a phrase", "a <cup>", ["cup: [/a/]"],
     [f'6:11: ~ "a <cup>": <cup> holds {PLAIN} {ALONE}']),
    ("a start inside a phrase", "a <cup>", ["cup: [b, ^ a]"],
     [f'6:11: ~ "a <cup>": <cup> holds {PLAIN} {ALONE}']),
    ("an end inside a phrase", "<cup> a", ["cup: [a $]"],
     [f'6:11: ~ "<cup> a": <cup> holds {PLAIN} {ALONE}']),
    ("an expression of a list's list", "a <b>", ["a: [/a/]", "b: [<a>]"],
     [f'7:11: ~ "a <b>": <b> holds {PLAIN} {ALONE}']),
    ("an expression after an anchor", "^ <cup>", ["cup: [/a/]"],
     [f'6:11: ~ "^ <cup>": <cup> holds {PLAIN} {ALONE}']),
    ("an expression in alternatives", "'(<cup>|b) c'", ["cup: [/a/]"],
     [f'6:11: ~ "(<cup>|b) c": <cup> holds {PLAIN} {ALONE}']),
    ("a list among letters", "'/x[<cup>]y/'", ["cup: [a]"],
     ['6:11: ~ /x[<cup>]y/: <cup> stands inside [ ], among letters (write (?:…|<…>))']),
    ("a start inside an expression", "/<cup> b/", ["cup: [^ a]"],
     ['6:11: ~ /<cup> b/: <cup> holds "^ a" (write that in the expression itself)']),
    ("a faulty list, told once", "'/x?<a>/', <a>, <a> b", ["a: ['(', tea]"],
     [f'3:7: the list <a>: "(": a literal ( {LITERAL}']),
    ("a list of nothing but emptiness", "/<a>/", ["a: ['/b?/']"],
     ["3:7: the list <a>: /b?/ matches the empty text (make it need a character)"]),

    ("many phrases in an entry", "'" + "(a|b)" * 16 + "'", [], [f"6:11: ~ {MANY}"]),
    ("very many", "'" + "(a|b)" * 100 + "'", [], [f"6:11: ~ {MANY}"]),
    ("many in a list, told once", "<b>, <c> <b>", ["a: ['" + "(a|b)" * 16 + "']", "b: [<a>]",
     "c: [x]"], [f"3:3: the list <a>: {MANY}"]),
]  # fmt: skip


@each(("entry", "lists", "told"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_each_fault_is_told_once_at_its_place_with_what_to_do(
    entry: str, lists: list[str], told: list[str]
) -> None:
    start = time.process_time()
    assert faults(written(entry, *lists)) == [one.replace("~", 'rule "tea":') for one in told]
    assert time.process_time() - start < 5


def test_lists_must_be_names_with_entries() -> None:
    told = ['2:8: "lists" must be keys with values: a name and its entries each']
    for wrong in ("[cup]", "cup", "7"):
        text = rule_set(rule()).replace("version: 1", f"version: 1\nlists: {wrong}")
        assert faults(text) == told


def test_circles_through_one_list_are_told_the_same_in_every_run(run: Run, tmp_path: Path) -> None:
    text = written("<a>", "a: [<b>, <c>]", "b: [<a>]", "c: [<a>]")
    (told,) = faults(text)
    assert told == f"3:3: the list <a> uses itself: <a> → <b> → <a> {ITSELF}"
    assert faults(text.replace("<b>, ", "")) == [told.replace("<b>", "<c>")]
    (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
    runs = {run("check", "my.yaml", env={"PYTHONHASHSEED": seed}).out for seed in "12"}
    assert runs == {f"my.yaml:{told}\n".encode()}


# ------------------------------------------------------------------------------------------ bounds

TEN = "(a|b|c|d|e|f|g|h|i|j)"
EXAMPLES = "examples: {match: [a a a a], miss: [x]}"
ALIKE = "".join(f"  - {{id: r{n}, tag: claim, why: x, any: [<t>], {EXAMPLES}}}\n" for n in range(9))
SKIPS = "".join(f"  - {{id: s{n}, why: x, any: [<t>], {EXAMPLES}}}\n" for n in range(9))
KEYS = "".join(f"  - {{id: k{n}, weight: 1, why: x, any: [<t>], {EXAMPLES}}}\n" for n in range(9))
HEAD = f"version: 1\nlists:\n  t: ['{' '.join([TEN] * 4)}']\n"
EXPRESSIONS = ["a0: [/xxxxxxxxxx/]", *(f"a{n}: ['/{f'<a{n - 1}>' * 10}/']" for n in range(1, 9))]
NESTED = [f"a0: [{TEN}]", *(f"a{n}: [<a{n - 1}> <a{n - 1}>]" for n in range(1, 9))]
BOMBS = {
    "phrases in an entry": (written(f"'{TEN * 30}'"), f'6:11: rule "tea": {MANY}'),
    "lists in lists": (written("<a8>", *NESTED), f"6:3: the list <a3>: {MANY}"),
    "lists in expressions": (
        written("<a8>", *EXPRESSIONS),
        f"/{'<a3>' * 10}/: over 20,000 characters once its lists are written out (shorten them)",
    ),
    "characters in a phrase": (
        f"version: 1\nlists:\n  a0: [{'x' * 990}]\n  a1: [{'<a0>' * 240}]\n  a2: [{'<a1>' * 240}]\n"
        f"rules:\n  - {rule(any=['<a2> ant'])}\n",
        MANY,
    ),
    "rules with one list": (f"{HEAD}rules:\n{ALIKE}", f'rule "r5": {MANY}'),
    "key rules with one list": (
        f"{HEAD}rules:\n  - {rule()}\nkeys:\n{KEYS}",
        f'rule "k4": {MANY}',
    ),
    "rules and key rules with one list": (
        f"{HEAD}rules:\n{''.join(ALIKE.splitlines(keepends=True)[:3])}keys:\n{KEYS}",
        f'rule "k2": {MANY}',
    ),
    "skip rules with one list": (f"{HEAD}skip:\n{SKIPS}rules:\n  - {rule()}\n", MANY),
}


@each(("text", "told"), BOMBS.values(), ids=BOMBS)
def test_what_would_be_too_much_once_written_out_is_refused_at_once_in_one_line(
    text: str, told: str
) -> None:
    start = time.process_time()
    (line,) = faults(text)
    assert line.endswith(told)
    assert time.process_time() - start < 2


def test_what_is_just_not_too_much_is_read_and_checked_in_time() -> None:
    text = f"{HEAD}rules:\n" + "".join(ALIKE.splitlines(keepends=True)[:3])
    start = time.process_time()
    rules = lc.parse_rules(text)
    assert list(lc.check_examples(rules)) == []
    assert len(list(lc.check_style(rules))) == 2, "r1 and r2 are the same as r0"
    assert len(lc.build_outline("A a a b.", rules).paragraphs[0].cues) == 3
    assert time.process_time() - start < 10


@each("row", ["a{0}: [<a{0}>]", "a{0}: [<a{1}>]", "a{0}: [x{0}]"], ids=["circles", "chain", "flat"])
def test_thousands_of_lists_are_read_in_no_time(row: str) -> None:
    lists = [row.format(n, n + 1) for n in range(3_000)]
    text = written("tea", *lists, "a3000: [x]")
    start = time.process_time()
    if row == "a{0}: [<a{0}>]":
        assert len(faults(text)) == 3_000
    else:
        assert len(lc.parse_rules(text).lists) == 3_001
    assert time.process_time() - start < 3


# ------------------------------------------------------------------------------------------- slips

NEEDLESS = 'only matches where "{}" does (drop "{}")'
UNUSED = "is used nowhere (drop it)"
SLIPS: list[Row] = [
    ("none", "<cup>", ["cup: [cup, mug]"], []),
    ("a list that nobody uses", "cup", ["cup: [cup]"], [f"3:3: warning: the list <cup> {UNUSED}"]),
    ("one used only by one that nobody uses", "cup", ["mug: [mug]", "cup: [<mug>]"],
     [f"4:3: warning: the list <cup> {UNUSED}"]),
    ("one used in a phrase", "a <cup>", ["cup: [cup]"], []),
    ("one used in alternatives", "(a|<cup>) cup", ["cup: [cup]"], []),
    ("one used in an expression", "/<cup>/", ["cup: [cup]"], []),
    ("an entry twice in a list", "<cup>", ["cup: [cup, cup]"],
     [f'3:14: warning: the list <cup>: "cup" {NEEDLESS.format("cup", "cup")}']),
    ("in another case", "<cup>", ["cup: [cup, mug, CUP]"],
     [f'3:19: warning: the list <cup>: "CUP" {NEEDLESS.format("cup", "CUP")}']),
    ("with other white space and quotes", "<cup>, cup", ["cup: [a  don‘t, a don’t]"],
     [f'3:19: warning: the list <cup>: "a don’t" {NEEDLESS.format("a don‘t", "a don’t")}']),
    ("a phrase in a phrase of a list", "<cup>", ["cup: [tea cup, cup]"],
     [f'3:9: warning: the list <cup>: "tea cup" {NEEDLESS.format("cup", "tea cup")}']),
    ("one of several alternatives is new", "<cup>", ["cup: [cup, (cup|mug)]"], []),
    ("a list and one of its entries", "<cup>, cup", ["cup: [cup, mug]"],
     [f'6:18: warning: rule "tea": "cup" {NEEDLESS.format("<cup>", "cup")}']),
    ("a start that says less", "<cup>, ^ cup", ["cup: [cup]"],
     [f'6:18: warning: rule "tea": "^ cup" {NEEDLESS.format("<cup>", "^ cup")}']),
    ("a start that says more", "<cup>, ^ cup", ["cup: [a cup]"], []),
    ("an expression for a phrase", "<cup>", ["cup: [cup, /mug/]"],
     ["3:14: warning: the list <cup>: /mug/ has no metacharacter (write the phrase: mug)"]),
    ("an expression for a list's name", "<cup>, /<cup>/", ["cup: [cup]"], []),
]  # fmt: skip


@each(
    ("fields", "told"),
    [
        ({"any": ["<cup>"]}, []),
        ({"any": ["a"], "unless": ["a <cup>"]}, []),
        ({"any": ["/x<cup>/"]}, []),
        ({"any": ["a"]}, [f"3:3: warning: the list <cup> {UNUSED}"]),
    ],
    ids=["in any", "in unless", "in an expression", "nowhere"],
)
def test_a_list_that_only_a_key_rule_uses_is_used(fields: Any, told: list[str]) -> None:
    text = rule_set(rule("pot", ["pot"]), keys=[key_rule("turn", **fields)])
    lists = "version: 1\nlists:\n  cup: [cup]"
    assert slips(text.replace("version: 1", lists, 1)) == told


def slips(text: str) -> list[str]:
    """The warnings, by place."""
    found = sorted(lc.check_style(lc.parse_rules(text, "f")))
    return [str(slip).removeprefix("f:") for slip in found]


@each(("entry", "lists", "told"), [row[1:] for row in SLIPS], ids=[row[0] for row in SLIPS])
def test_a_likely_slip_is_a_warning_at_its_place(
    entry: str, lists: list[str], told: list[str]
) -> None:
    assert slips(written(entry, *lists)) == told


def test_a_slip_in_a_list_is_a_fault_to_the_strict(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(written("<cup>", "cup: [cup, cup]"), encoding="utf-8")
    line = f'my.yaml:3:14: warning: the list <cup>: "cup" {NEEDLESS.format("cup", "cup")}\n'
    loose, strict = run("check", "my.yaml"), run("check", "my.yaml", "--strict")
    assert (loose.code, loose.out.decode().splitlines(keepends=True)[0]) == (0, line)
    assert (strict.code, strict.out.decode()) == (1, line)


# ------------------------------------------------------------------------------ the editor's schema

AGREED = {
    "no lists": (rule_set(), True),
    "null lists": (rule_set(lists=None), True),
    "empty lists": (rule_set(lists={}), True),
    "lists in lists": (rule_set(lists={"one": ["a"], "two": ["<one> b"]}), True),
    "a name with digits": (rule_set(lists={"a1-b2": ["a"]}), True),
    "lists as a list": (rule_set(lists=["a"]), False),
    "lists as a text": (rule_set(lists="a"), False),
    "a list as a text": (rule_set(lists={"cup": "a"}), False),
    "a list as keys": (rule_set(lists={"cup": {"any": ["a"]}}), False),
    "a null list": (rule_set(lists={"cup": None}), False),
    "an empty list": (rule_set(lists={"cup": []}), False),
    "an empty entry": (rule_set(lists={"cup": [""]}), False),
    "a blank entry": (rule_set(lists={"cup": [" "]}), False),
    "a number in a list": (rule_set(lists={"cup": [7]}), False),
    "a list in a list": (rule_set(lists={"cup": [["a"]]}), False),
    "a null in a list": (rule_set(lists={"cup": [None]}), False),
    "a name in capitals": (rule_set(lists={"Cup": ["a"]}), False),
    "a name that starts with a digit": (rule_set(lists={"2nd": ["a"]}), False),
    "a name with two hyphens": (rule_set(lists={"a--b": ["a"]}), False),
    "a name with a space": (rule_set(lists={"a b": ["a"]}), False),
    "no name": (rule_set(lists={"": ["a"]}), False),
    "an ending": (rule_set(ending="claim"), True),
    "no such ending": (rule_set(ending="call"), False),
    "a null ending": (rule_set(ending=None), False),
    "no unless": (rule_set(rule(unless=[])), True),
    "no skip": (rule_set(skip=[]), True),
    "no keys": (rule_set(keys=[]), True),
    "null keys": (rule_set(keys=None), True),
    "a key rule": (rule_set(keys=[key_rule("a", ["a"], -100)]), True),
    "a key rule that is off": (rule_set(keys=[key_rule("a", ["a"], 0)]), True),
    "a key rule with a tag": (rule_set(keys=[{**key_rule("a", ["a"]), "tag": "claim"}]), False),
    "a key rule that weighs too much": (rule_set(keys=[key_rule("a", ["a"], 101)]), False),
    "a key rule that weighs too little": (rule_set(keys=[key_rule("a", ["a"], -101)]), False),
    "a rule that weighs less than nothing": (rule_set(rule(weight=-1)), False),
    "keys that are a text": (rule_set(keys="a"), False),
}


@each(("text", "valid"), AGREED.values(), ids=AGREED)
def test_an_editor_that_knows_the_schema_agrees_with_the_program(text: str, valid: bool) -> None:
    assert Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text)) is valid
    if valid:
        assert lc.parse_rules(text).rules
    else:
        assert len(faults(text)) == 1


# ----------------------------------------------------------------------------------- a list in full

SMALL = rule_set(
    rule("tea", ["<filled>"]),
    rule("mug", ["mug"], unless=["a <cup>"]),
    rule("pot", ["pot"]),
    skip=[skip_rule("ad", ["/<cup>s/"])],
    lists={"cup": ["cup", "(glass|jar)"], "filled": ["full <cup>"], "turn": ["but", "yet"]},
    keys=[
        key_rule("turn", ["^ <turn>"]),
        key_rule("drink", ["drink"], -5, unless=["<cup>"]),
    ],
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def told(run: Run, *args: str) -> str:
    result = run("rules", *args, "--rules", "my.yaml")
    assert (result.code, result.err) == (0, b"")
    return result.out.decode()


@each(
    ("name", "lines"),
    [
        ("<cup>", ["<cup>  2 entries, 3 phrases written out", "  entry   cup",
                   "  entry   (glass|jar)", "  used by <filled>", "  used by ad", "  used by mug",
                   "  used by drink"]),
        ("<filled>", ["<filled>  1 entry, 3 phrases written out", "  entry   full <cup>",
                      "  used by tea"]),
        ("<turn>", ["<turn>  2 entries, 2 phrases written out", "  entry   but", "  entry   yet",
                    "  used by turn"]),
    ],
)  # fmt: skip
def test_a_list_is_shown_in_full_with_who_uses_it(
    name: str, lines: list[str], run: Run, small: Path
) -> None:
    assert told(run, name).splitlines() == lines


def test_the_report_of_rules_names_the_lists_with_who_uses_them(run: Run, small: Path) -> None:
    last = [line.split(maxsplit=1) for line in told(run).splitlines()[-3:]]
    assert [name for name, _ in last] == ["<cup>", "<filled>", "<turn>"]
    users = [rest.removeprefix("in ").strip() for _, rest in last]
    assert users == ["<filled>, ad, mug, drink", "tea", "turn"]


CUP: dict[str, Any] = {
    "name": "cup", "entries": ["cup", "(glass|jar)"], "used_by": ["<filled>", "ad", "mug", "drink"],
}  # fmt: skip
FILLED: dict[str, Any] = {"name": "filled", "entries": ["full <cup>"], "used_by": ["tea"]}
TURN: dict[str, Any] = {"name": "turn", "entries": ["but", "yet"], "used_by": ["turn"]}


@each(
    ("asked", "rules", "lists"),
    [
        ([], ["tea", "mug", "pot", "turn", "drink"], [CUP, FILLED, TURN]),
        (["<cup>"], [], [CUP]),
        (["mug"], ["mug"], []),
        (["drink"], ["drink"], []),
    ],
    ids=["all", "a list", "a rule", "a key rule"],
)
def test_json_has_the_rules_and_lists_that_were_asked_for(
    asked: list[str], rules: list[str], lists: Sequence[Any], run: Run, small: Path
) -> None:
    data = json.loads(told(run, *asked, "--format", "json"))
    assert [one["id"] for one in data["rules"]] == rules
    assert data["lists"] == lists


@each(
    ("name", "hint"),
    [
        ("<cupp>", 'did you mean "<cup>"?'),
        ("<zebra>", "lankov-claims rules lists them"),
        ("<", "lankov-claims rules lists them"),
    ],
)
def test_an_unknown_list_is_one_line_and_exit_2(
    name: str, hint: str, run: Run, small: Path
) -> None:
    result = run("rules", name, "--rules", "my.yaml")
    assert (result.code, result.out) == (2, b"")
    assert result.err.decode() == f'my.yaml: it has no list "{name}" ({hint})\n'


def test_explain_says_by_which_list_a_match_is_silenced(run: Run, small: Path) -> None:
    (small / "tea.txt").write_text("A mug, a jar.\n\nA mug.\n", encoding="utf-8")
    result = run("explain", "--verbose", "--rules", "my.yaml", "--text", "tea.txt")
    lines = result.out.decode().splitlines()
    said = [line.split(maxsplit=1)[1] for line in lines if "silenced" in line]
    assert said == ['mug  "mug" silenced by unless: "a jar" in a <cup>']


# ------------------------------------------------------------------------------------ shipped lists


def shipped_entries(section: str) -> list[str]:
    """The entries of a section of the shipped rules."""
    rules = lc.load_rules()
    if section == "lists":
        return [entry for _, listed in rules.lists for entry in listed]
    if section == "skip":
        return [entry for one in rules.skips for entry in one.any]
    some = rules.keys if section == "keys" else rules.rules
    return [entry for one in some for entry in (*one.any, *one.unless)]


SECTIONS = ["lists", "rules", "keys", "skip"]


@each("section", SECTIONS)
def test_no_entry_of_the_shipped_rules_is_long(section: str) -> None:
    entries = shipped_entries(section)
    assert entries
    assert [entry for entry in entries if len(entry) > 120] == []


def test_few_entries_of_the_shipped_rules_are_expressions() -> None:
    entries = [entry for section in SECTIONS for entry in shipped_entries(section)]
    assert len({entry for entry in entries if entry.startswith("/")}) <= 20


# ----------------------------------------------------------------------------- as many as can be


def choices(*counts: int) -> str:
    """Alternatives, so many in each pair of brackets."""
    return "".join(f"({'|'.join(map(str, range(count)))})" for count in counts)


HALF = choices(10, 10, 10, 5, 5)  # of the phrases that a file may have
REST = choices(5, 9, 11, 101)  # all but five
MOST = choices(4, 3, 5, 7, 7, 17)  # all but twenty
AS_MANY: list[tuple[str, list[str], list[str], dict[str, list[str]]]] = [  # without the "+"
    ("in one entry", [f"x{HALF}(a|b)", "+"], [], {}),
    ("in two entries", [f"x{HALF}", f"y{HALF}", "+"], [], {}),
    ("in what silences, too", [f"x{HALF}"], [f"y{HALF}", "+"], {}),
    ("in a list", ["tea"], [], {"x": [f"x{HALF}", f"y{HALF}", "+"]}),
    ("in two lists", ["tea"], [], {"x": [f"x{HALF}"], "y": [f"y{HALF}", "+"]}),
    ("through a list that is used twice", ["<x>", "z <x>", "+"], [], {"x": [f"x{HALF}"]}),
    # What has a hundred characters, or an expression of fifty, counts for two of its kind.
    ("phrases of 99 characters", [f"{'x' * 94}{HALF}", f"{'y' * 94}{HALF}", "+"], [], {}),
    ("phrases of 100", [f"{'x' * 95}{HALF}", "+"], [], {}),
    ("words of 99 and 100", [f"x{REST}", "x" * 99, "y" * 99, "x" * 100, "a", "+"], [], {}),
    (
        "expressions of 49 and 50",
        [f"x{REST}", f"/{'x' * 47}/", f"/{'x' * 48}/", "a", "b", "+"],
        [],
        {},
    ),
    (
        "long alternatives",
        [f"x{MOST}", f"z({'x' * 49}|b)({'y' * 50}|c)", *"abcdefghijkl", "+"],
        [],
        {},
    ),
    ("a list alone", [f"x{REST}", "<x>", "a", "b", "+"], [], {"x": ["x" * 100, "x" * 99]}),
    (
        "a list of 97 in a phrase",
        [f"x{REST}", "z <x>", "a", "b", "c", "+"],
        [],
        {"x": ["x" * 97, "x"]},
    ),
    ("a list of 98", [f"x{REST}", "z <x>", "a", "+"], [], {"x": ["x" * 98, "x"]}),
    ("a list in an expression", [f"x{REST}", "/z<x>/", "a", "b", "c", "+"], [], {"x": ["x" * 44]}),
]


@each(("any", "unless", "lists"), [row[1:] for row in AS_MANY], ids=[row[0] for row in AS_MANY])
def test_a_file_may_stand_for_fifty_thousand_phrases_and_no_more(
    any: list[str], unless: list[str], lists: dict[str, list[str]]
) -> None:
    text = rule_set(rule("tea", any, unless=unless), lists=lists)
    assert lc.parse_rules(text.replace(', "+"', "")).rules
    (fault,) = faults(text.replace('"+"', '"mug"'))
    assert fault.endswith(MANY)


# ---------------------------------------------------------------------- what lists lists lead to


@each(
    ("lists", "told"),
    [
        pytest.param(["a: [x]", "b: [<b>]"],
                     f"4:3: the list <b> uses itself: <b> → <b> {ITSELF}", id="behind a sound one"),
        pytest.param(["a: [<b>]", "b: [<b>]"],
                     f"4:3: the list <b> uses itself: <b> → <b> {ITSELF}", id="that another uses"),
        pytest.param(["a: [<b>]", "b: [<c>]", "c: [<b>]"],
                     f"4:3: the list <b> uses itself: <b> → <c> → <b> {ITSELF}",
                     id="of two that another uses"),
    ],
)  # fmt: skip
def test_a_circle_is_told_without_the_lists_that_only_lead_to_it(
    lists: list[str], told: str
) -> None:
    assert faults(written("tea", *lists)) == [told]


@each(
    ("entries", "names"),
    [
        (["tea"], set()),
        (["<a>"], {"a", "c", "d", "e"}),
        (["a <b> of"], {"b", "d", "e"}),
        (["/<a>s/", "<b>"], {"a", "b", "c", "d", "e"}),
        (["<who>"], {"who"}),
    ],
)
def test_behind_an_entry_is_every_list_that_it_leads_to(
    entries: list[str], names: set[str]
) -> None:
    lists = {"a": ["<c>", "<d>"], "b": ["(x|<d>)", "y"], "c": ["<e>"], "d": ["<e> z"], "e": ["x"]}
    assert lc.lists_behind(entries, lists) == names


def test_a_rule_without_id_hides_no_id_that_is_there_twice() -> None:
    nameless = rule("tea").replace('"id": "tea", ', "")
    told = faults(rule_set(nameless, rule("tea"), rule("tea")))
    assert [one.partition(": ")[2] for one in told] == [
        'a rule without id: the rule has no "id" (add it)',
        'rule "tea": the id is already used on line 4 (choose another)',
    ]


def test_an_entry_has_at_most_a_thousand_characters() -> None:
    assert lc.parse_rules(rule_set(rule("tea", ["-" + "x" * 999]))).rules
    (fault,) = faults(rule_set(rule("tea", ["-" + "x" * 1000])))
    assert fault.endswith("an entry of over 1,000 characters (split it)")


@each(
    ("entry", "text", "fired"),
    [
        (r"/\[<cup>\]/", "A [cup].", ["[cup]"]),
        (r"/[a\]]<cup>/", "It is a]cup.", ["]cup"]),
        (r"/[\[]<cup>/", "It is a [cup.", ["[cup"]),
    ],
)
def test_a_list_stands_beside_letters_in_brackets_and_brackets_that_are_letters(
    entry: str, text: str, fired: list[str]
) -> None:
    assert cues(text, entry) == fired


def test_a_list_in_brackets_is_told_though_one_of_them_is_a_letter() -> None:
    (fault,) = faults(rule_set(rule("tea", [r"/[\]<cup>]/"]), lists={"cup": ["cup"]}))
    assert "<cup> stands inside [ ], among letters" in fault


def test_an_expression_has_at_most_twenty_thousand_characters_once_written_out() -> None:
    lists = {"a": [*(f"{at:02}{'x' * 998}" for at in range(19)), "y" * 994]}
    assert lc.parse_rules(rule_set(rule("tea", ["/x<a>/"]), lists=lists)).rules
    (fault,) = faults(rule_set(rule("tea", ["/xx<a>/"]), lists=lists))
    assert fault.endswith("over 20,000 characters once its lists are written out (shorten them)")


@each(
    ("entry", "forms"),
    [("<who>", []), ("we <who>", []), ("we (do|<who>)", ["we do"]), ("/<who>/", ["/(?:)/"])],
)
def test_a_list_that_is_not_there_stands_for_nothing(entry: str, forms: list[str]) -> None:
    assert lc.write_out(entry, {}) == forms


@each(("entry", "text", "fired"), [("/<both>m/", "A team.", ["team"]), ("<both>", "Ten.", ["Ten"])])
def test_an_expression_of_a_list_is_read_without_its_slashes(
    entry: str, text: str, fired: list[str]
) -> None:
    assert cues(text, entry) == fired
