"""What is no rule file, where each fault is, and what to do about it."""

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import BLOCK, Run, edited, rule, rule_set, skip_rule
from jsonschema import Draft202012Validator

import lankov_claims as lc

SCHEMA = json.loads(lc.shipped_file("rules.schema.json").read_text(encoding="utf-8"))

# A row is a name, a text of the valid file (the whole file, where it is ""), what stands there
# instead, and the faults; "~" is 'rule "tea":'.
Row = tuple[str, ...]
ESCAPE = "double quotes read a backslash as an escape (use single quotes)"
ENDS = "an apostrophe ends the quoted text here (write '', or put it in double quotes)"
OPEN_LIST = 'the "[" that opens here lacks a "," or its "]" (add it, or quote what is inside)'
OPEN_KEYS = 'the "{" that opens here lacks a "," or its "}" (add it, or quote what is inside)'
NO_KEY = "this is no key (indent it as the keys above; quote a whole text)"
NO_ENTRY = 'this is no entry (write "- ", or line it up with a key)'
NEITHER = 'this is neither an entry nor a key (write "- " before it, or ": " after it)'
ABOVE = "what is above is no part of the rules (remove it, or comment it)"
ASKEW = 'a ": " is out of place (quote the text, or check the indentation)'
NO_BREAK = "the space U+00A0 stands here (write a plain one)"
NO_ANCHOR = "no plain text can start with &, * or ! (quote the text)"
CONFLICT = "a merge conflict is left here (keep one side of it)"
NO_FILE = "1:1: the file is empty (write rules in it)"
NO_KEYS = "the file must be keys with values: version and rules"
NUMBER = "must be a plain whole number from 0 to 100"
VERSION = '"version" must be 1, the version that this program reads'
KEBAB = "must be in kebab-case (small letters, digits and single hyphens)"
KEYS = "(choose id, tag, why, weight, any, unless, where or examples)"
TAGS = "(choose claim, evidence or recommendation)"
ORDER = '2:14: "precedence" must list claim, evidence and recommendation, each once'
QUOTE_IT = '(quote a text that has ": " or starts with "[")'
EMPTY = "is empty (write a text)"
LIST = 'must be a list (start each entry with "- ")'
NO_ITEM = "is an empty list (write an entry)"
SECOND = "a second document starts here (a rule file is one document)"
CLOSE = 'a regular expression ends with "/" (close it, or drop the first "/")'
NO_END = "the quoted text that opens here is not closed (close it)"
NO_VALUE = "no plain text can start with this character (quote the text)"
DEEP = "nested deeper than 20 levels (six will do)"
UNLESS = '9:14: ~ "unless" repeats "{}" from "any" (remove one)'
KEYED = rule("turn", ["but"], tag=None, weight=1)
SKIP = f"skip:\n  - {skip_rule('ad', ['ad'])}\n"
KEY_WEIGHT = "must be a plain whole number from -100 to 100"
KEY = """\
keys:
  - id: turn
    why: It turns.
    weight: 10
    any: [but]
    examples:
      match: [But.]
      miss: [And.]
"""
EXAMPLES = "    examples:\n      match: [Tea.]\n      miss: [Not.]\n"


def with_key(*swaps: tuple[str, str]) -> tuple[str, str]:
    """The swap that puts a key rule below the valid file, from line 13 on, itself swapped so."""
    key = KEY
    for old, new in swaps:
        assert key.count(old) == 1, old
        key = key.replace(old, new)
    return "      miss: [Not.]\n", f"      miss: [Not.]\n{key}"


# fmt: off
SYNTAX: list[Row] = [
    # What opens and does not close is told where it opens.
    ("an unclosed double quote", "It is so.", '"It is so.', f"5:10: {NO_END}"),
    ("an unclosed single quote", "It is so.", "'It is so.", f"5:10: {NO_END}"),
    ("an unclosed list", "mug]", "mug", f"6:10: {OPEN_LIST}"),
    ("an unclosed mapping", "[tea, mug]", "{tea: mug", f"6:10: {OPEN_KEYS}"),
    ("a brace in a plain entry", "mug]", "/mu{2}g/]", f"6:10: {OPEN_LIST}"),
    ("a class in a plain entry", "mug]", "\n      /[mM]ug/]", f"6:10: {OPEN_LIST}"),
    ("an apostrophe in a list", "mug]", "'tea's mug']", f"6:21: {ENDS}"),
    ("a key without its colon", "weight: 2", "weight 2", f"7:5: {NEITHER}"),
    ("a colon without its space", "weight: 2", "weight:2", f"7:5: {NEITHER}"),
    ("a list entry without its dash", "[tea, mug]", "\n    - tea\n    mug\n    - pot",
     f"8:5: {NEITHER}"),
    ("a dash without its space", "[tea, mug]", "\n    - tea\n    -mug", f"8:5: {NEITHER}"),
    # What stands where it cannot is told where it stands.
    ("words before the first key", "version: 1", "My rules\nversion: 1", f"2:8: {ASKEW}"),
    ("words and comments before the first key", "version: 1", "My rules\n# By me.\n\nversion: 1",
     f"4:1: {ABOVE}"),
    ("a value before the first key", "version: 1", "{}\n# By me.\nversion: 1", f"3:1: {ABOVE}"),
    ("a value left out", "[tea, mug]", "[tea,, mug]",
     '6:15: a value is missing here (write it, or drop the ",")'),
    ("a colon in a plain text", "It is so.", "It is: so.", f"5:15: {ASKEW}"),
    ("a first colon without its space", "id: tea", "id:tea", f"4:8: {ASKEW}"),
    ("indented too far", "    weight: 2", "     weight: 2", f"7:6: {NO_KEY}"),
    ("indented after a plain text", "    weight: 2", "    why: So.\n     weight: 2",
     f"8:12: {ASKEW}"),
    ("indented too little", "    weight: 2", "   weight: 2", f"7:4: {NO_ENTRY}"),
    ("a key among the entries", "[tea, mug]", "\n      - tea\n      unless: [mug]",
     f"8:7: {NO_ENTRY}"),
    ("an apostrophe in quotes", "It is so.", "'It's so.'", f"5:14: {ENDS}"),
    ("an apostrophe in an entry's quotes", "[tea, mug]", "\n    - 'don't rush'", f"7:12: {ENDS}"),
    ("an apostrophe that opens quotes", "[tea, mug]", "\n    - 'tis\n    - don't",
     f"8:11: {ENDS}"),
    ("quotes round the first word", "[tea, mug]", '\n    - "tea" mug', f"7:13: {NO_KEY}"),
    ("a list before words", "[tea, mug]", "[tea] mug", f"6:16: {NO_KEY}"),
    ("a list that a bracket forgets", "[tea, mug]", '"tea", "mug"', f"6:15: {NO_KEY}"),
    # What YAML takes for something else than text.
    ("a bar at the start", "It is so.", "| so", f"5:12: {NO_VALUE}"),
    ("an @ at the start", "It is so.", "@so", f"5:10: {NO_VALUE}"),
    ("a % at the start", "[tea, mug]", "\n      - %tea", f"7:9: {NO_VALUE}"),
    ("a bad escape", "mug]", r'"\d"]', f"6:17: {ESCAPE}"),
    ("half an escape", "mug]", r'"\xmug"]', f"6:19: {ESCAPE}"),
    ("a quote that swallows an expression", "It is so.", '"It is so.\n    any: [/\\d/]',
     f"6:12: {ESCAPE}"),
    # What YAML has, and a rule file has not: the only way to share is a list.
    ("an alias", "mug]", "*b]", f"6:16: {NO_ANCHOR}"),
    ("an anchor", "[tea, mug]", "&b [tea, mug]", f"6:10: {NO_ANCHOR}"),
    ("an anchor with its alias", "[iced]", "[&b iced]\n    where: *b", f"9:14: {NO_ANCHOR}"),
    ("an anchor with its alias inside", "[tea, mug]", "&b [tea, *b]", f"6:10: {NO_ANCHOR}"),
    ("an anchor on keys", "id: tea", "&r\n    id: tea", f"3:5: {NO_ANCHOR}"),
    ("an & at the start of an entry", "mug]", "&mug or cup]", f"6:16: {NO_ANCHOR}"),
    ("an ! at the start of an entry", "mug]", "!mug or cup]", f"6:16: {NO_ANCHOR}"),
    ("a tag of a text", "weight: 2", "weight: !!str 2", f"7:13: {NO_ANCHOR}"),
    ("a tag of a list", "[tea, mug]", "!!set [tea]", f"6:10: {NO_ANCHOR}"),
    ("a tag alone", "mug]", "! mug]", f"6:16: {NO_ANCHOR}"),
    ("a second document", "      miss: [Not.]\n", "      miss: [Not.]\n---\nversion: 1\n",
     f"13:1: {SECOND}"),
    # What no editor should leave in a file.
    ("a tab indents", "    weight: 2", "\tweight: 2", "7:1: a tab indents this line (use spaces)"),
    ("a no-break space", "weight: 2", "weight:\xa02", f"7:12: {NO_BREAK}"),
    ("a no-break space for an entry's", "[tea, mug]", "\n    -\xa0tea", f"7:6: {NO_BREAK}"),
    ("a no-break space indents", "    weight: 2", "   \xa0weight: 2", f"7:4: {NO_BREAK}"),
    ("a conflict between keys", "    weight: 2", "=======\n    weight: 2", f"7:1: {CONFLICT}"),
    ("a conflict in words", "It is so.", "It is so.\n>>>>>>> theirs", f"6:1: {CONFLICT}"),
    ("a control character", "so.", "s\0o.",
     "5:17: the character U+0000 cannot stand in a rule file (remove it)"),
    ("one line break more to YAML than to us", "It is so.\n", '"It is\u2028so."\n    colour: red\n',
     "5:16: the character U+2028 cannot stand in a rule file (remove it)"),
    # What would hurt.
    ("too many brackets", "", "[" * 500, f"1:21: {DEEP}"),
    ("too many braces", "", "{a: " * 100_000, f"1:81: {DEEP}"),
    ("too many dashes", "", "- " * 100_000, f"1:41: {DEEP}"),
]
# What the schema finds in an editor, too.
STRUCTURE: list[Row] = [
    ("nothing", "", "", NO_FILE),
    ("comments only", "", "# Rules.\n", NO_FILE),
    ("a list at the top", "", "- version: 1\n", f"1:1: {NO_KEYS}"),
    ("an unknown key, nearly known", "weight: 2", "wieght: 2",
     '7:5: ~ unknown key "wieght" (did you mean "weight"?)'),
    ("an unknown key", "weight: 2", "colour: red", f'7:5: ~ unknown key "colour" {KEYS}'),
    ("an unknown key at the top", "version: 1", "version: 1\nskips: []",
     '2:1: unknown key "skips" (did you mean "skip"?)'),
    ("an unknown key in examples", "miss: [Not.]", "miss: [Not.]\n      hit: [a]",
     '13:7: ~ unknown key "hit" (choose match or miss)'),
    ("no version", "version: 1\n", "", '1:1: the file has no "version" (add it)'),
    ("no rules", "", "version: 1\n", '1:1: the file has no "rules" (add it)'),
    ("rules without an entry", "", "version: 1\nrules: []\n", f'2:8: "rules" {NO_ITEM}'),
    ("a text as a skip rule", "version: 1", "version: 1\nskip: [ad]",
     "2:8: a rule without id: the rule must be keys with values: id, why, any and examples"),
    ("a skip rule with a tag", "version: 1",
     f"version: 1\nskip:\n  - {skip_rule('ad', ['ad'])[:-1]}, tag: claim}}",
     '3:107: rule "ad": unknown key "tag" (choose id, why, any or examples)'),
    ("no id", "id: tea\n    ", "", '3:5: a rule without id: the rule has no "id" (add it)'),
    ("no tag", "    tag: claim\n", "", '3:5: ~ the rule has no "tag" (add it)'),
    ("no why", "    why: It is so.\n", "", '3:5: ~ the rule has no "why" (add it)'),
    ("no any", "    any: [tea, mug]\n", "", '3:5: ~ the rule has no "any" (add it)'),
    ("no examples", EXAMPLES, "", '3:5: ~ the rule has no "examples" (add it)'),
    ("no match", "      match: [Tea.]\n", "", '11:7: ~ "examples" has no "match" (add it)'),
    ("no miss", "      miss: [Not.]\n", "", '11:7: ~ "examples" has no "miss" (add it)'),
    ("any is a text", "[tea, mug]", "tea", f'6:10: ~ "any" {LIST}'),
    ("any is empty", "[tea, mug]", "[]", f'6:10: ~ "any" {NO_ITEM}'),
    ("a list in a list", "mug]", "[mug]]",
     f'6:16: ~ an entry of "any" must be a text, not a list {QUOTE_IT}'),
    ("an entry with a colon", "mug]", "mug: hot]",
     f'6:16: ~ an entry of "any" must be a text, not a key with a value {QUOTE_IT}'),
    ("a mapping for a text", "It is so.", "{it: so}",
     f'5:10: ~ "why" must be a text, not a key with a value {QUOTE_IT}'),
    ("a list for an id", "id: tea", "id: [tea]",
     f'3:9: a rule without id: "id" must be a text, not a list {QUOTE_IT}'),
    ("no example", "[Tea.]", "[]", f'11:14: ~ "match" {NO_ITEM}'),
    ("a plain no", "mug]", "no]",
     "6:16: ~ an entry of \"any\" is read by YAML as true or false (quote it: 'no')"),
    ("a plain on", "It is so.", "on",
     "5:10: ~ \"why\" is read by YAML as true or false (quote it: 'on')"),
    ("an octal number", "mug]", "010]",
     "6:16: ~ an entry of \"any\" is read by YAML as a number (quote it: '010')"),
    ("a fraction", "[Tea.]", "[1.5]",
     "11:15: ~ an entry of \"match\" is read by YAML as a number (quote it: '1.5')"),
    ("a time of day", "mug]", "1:30]",
     "6:16: ~ an entry of \"any\" is read by YAML as a number (quote it: '1:30')"),
    ("a date", "It is so.", "2020-01-01",
     "5:10: ~ \"why\" is read by YAML as a date (quote it: '2020-01-01')"),
    ("a null entry", "mug]", "~]", f'6:16: ~ an entry of "any" {EMPTY}'),
    ("an id that is a number", "id: tea", "id: 7",
     "3:9: rule \"7\": \"id\" is read by YAML as a number (quote it: '7')"),
    ("an empty phrase", "mug]", "'']", f'6:16: ~ an entry of "any" {EMPTY}'),
    *((f"a weight of {w[:9]}", "weight: 2", f"weight: {w}", f'7:13: ~ "weight" {NUMBER}, not {w}')
      for w in ("3.5", "true", "-1", "101", "1e2", "9" * 40, "~", '"3"')),
    ("a weight without a value", "weight: 2", "weight:", f'7:12: ~ "weight" {NUMBER}'),
    *((f"the version {v}", "version: 1", f"version: {v}", f"1:10: {VERSION}, not {v}")
      for v in ("2", '"1"', "true", "0")),
    ("a tag in capitals", "tag: claim", "tag: Claim",
     '4:10: ~ "tag" cannot be "Claim" (did you mean "claim"?)'),
    ("an unknown tag", "tag: claim", "tag: opinion", f'4:10: ~ "tag" cannot be "opinion" {TAGS}'),
    ("an unknown place", "anywhere", "first",
     '8:12: ~ "where" cannot be "first" (choose anywhere, opening or closing)'),
    ("a misspelt place", "anywhere", "begining",
     '8:12: ~ "where" cannot be "begining" (choose anywhere, opening or closing)'),
    ("an unknown otherwise", "version: 1", "version: 1\notherwise: fact",
     f'2:12: "otherwise" cannot be "fact" {TAGS}'),
    ("an unknown ending", "version: 1", "version: 1\nending: recomendation",
     '2:9: "ending" cannot be "recomendation" (did you mean "recommendation"?)'),
    ("an ending left empty", "version: 1", "version: 1\nending:", f'2:8: "ending" {EMPTY}'),
    ("precedence left empty", "version: 1", "version: 1\nprecedence:",
     f'2:12: "precedence" {LIST}'),
    ("any left empty", " [tea, mug]", "", f'6:9: ~ "any" {LIST}'),
    ("precedence of two", "version: 1", "version: 1\nprecedence: [claim, evidence]", ORDER),
    ("precedence of four", "version: 1",
     "version: 1\nprecedence: [claim, evidence, recommendation, claim]", ORDER),
    ("precedence with one twice", "version: 1",
     "version: 1\nprecedence: [claim, claim, evidence]", ORDER),
    ("precedence with an unknown tag", "version: 1",
     "version: 1\nprecedence: [claim, fact, evidence]",
     f'2:21: an entry of "precedence" cannot be "fact" {TAGS}'),
    *((f"the id {i}", "id: tea", f"id: {i}", f'3:9: rule "{i}": "id" "{i}" {KEBAB}')
      for i in ("Tea", "tea_pot", "tea--pot", "-tea", "tea-", "téa", "tea pot")),
    ("keys that are a text", "", f"{BLOCK}keys: turn\n", f'13:7: "keys" {LIST}'),
    ("keys that are a rule", "", f"{BLOCK}keys: {{id: turn}}\n", f'13:7: "keys" {LIST}'),
    ("a text as a key rule", "", f"{BLOCK}keys: [turn]\n",
     "13:8: a rule without id: the rule must be keys with values: id, why, weight, any and"
     " examples"),
    ("a key rule with a tag", *with_key(("10\n", "10\n    tag: claim\n")),
     '17:5: rule "turn": unknown key "tag"'
     " (choose id, why, weight, any, unless, where or examples)"),
    ("a key rule without a weight", *with_key(("    weight: 10\n", "")),
     '14:5: rule "turn": the rule has no "weight" (add it)'),
    ("a key rule whose weight is misspelt", *with_key(("weight", "wieght")),
     '14:5: rule "turn": the rule has no "weight" (add it)',
     '16:5: rule "turn": unknown key "wieght" (did you mean "weight"?)'),
    ("a key rule without id", *with_key(("id: turn\n    ", "")),
     '14:5: a rule without id: the rule has no "id" (add it)'),
    *((f"a key rule without {name}", *with_key((line, "")),
       f'14:5: rule "turn": the rule has no "{name}" (add it)')
      for name, line in (("why", "    why: It turns.\n"), ("any", "    any: [but]\n"),
        ("examples", "    examples:\n      match: [But.]\n      miss: [And.]\n"))),
    *((f"a key rule's weight of {w[:9]}", *with_key(("weight: 10", f"weight: {w}")),
       f'16:13: rule "turn": "weight" {KEY_WEIGHT}, not {w}')
      for w in ("101", "-101", "1.5", "true", "1e2", "-" + "9" * 40, "~", '"3"')),
    ("a key rule's weight without a value", *with_key((" 10", "")),
     f'16:12: rule "turn": "weight" {KEY_WEIGHT}'),
    ("a key rule in no place", *with_key(("[but]", "[but]\n    where: first")),
     '18:12: rule "turn": "where" cannot be "first" (choose anywhere, opening or closing)'),
    ("a key rule for nothing", *with_key(("[but]", "[]")),
     f'17:10: rule "turn": "any" {NO_ITEM}'),
    ("a key rule's id in capitals", *with_key(("id: turn", "id: Turn")),
     f'14:9: rule "Turn": "id" "Turn" {KEBAB}'),
]
# What no schema says.
SENSE: list[Row] = [
    ("a key there twice", "weight: 2", "tag: evidence",
     '7:5: ~ the key "tag" is there twice (keep one)'),
    ("a list as a key", "weight: 2", "? [weight]\n    : 2",
     "7:7: ~ a key must be a word (id, tag, why, weight, any, unless, where or examples)"),
    ("a merge key", "weight: 2", "<<: {weight: 2}",
     '7:5: ~ "<<" is not read here (write the keys out)'),
    ("an id used before", "rules:", f"rules:\n  - {rule('tea')}",
     "4:9: ~ the id is already used on line 3 (choose another)"),
    ("an id used in skip", "      miss: [Not.]\n",
     f"      miss: [Not.]\nskip:\n  - {skip_rule('tea')}\n",
     "14:12: ~ the id is already used on line 3 (choose another)"),
    ("a second section of keys", "", f"{BLOCK}{KEY}{KEY}",
     '21:1: the key "keys" is there twice (keep one)'),
    ("an id used in keys", *with_key(("id: turn", "id: tea")),
     "14:9: ~ the id is already used on line 3 (choose another)"),
    ("an id used twice in keys", *with_key(("keys:\n", f"keys:\n  - {KEYED}\n")),
     '15:9: rule "turn": the id is already used on line 14 (choose another)'),
    ("an id used in skip and in keys", "", f"{BLOCK}{SKIP}{KEY.replace('turn', 'ad')}",
     '16:9: rule "ad": the id is already used on line 14 (choose another)'),
    *((f"a key rule's weight of {w}", *with_key(("weight: 10", f"weight: {w}")),
       f'16:13: rule "turn": "weight" {KEY_WEIGHT}, not {w}')
      for w in ("010", "-010", "1_0", "+3", "-0", "0x3", "3.0")),
    ("a key rule of marks only", *with_key(("[but]", "['...']")),
     '17:11: rule "turn": the phrase "..." has no letter or digit (write a word)'),
    ("a key rule of an open group", *with_key(("[but]", "[/(but/]")),
     '17:11: rule "turn": /(but/ is no regular expression: missing ), unterminated subpattern'
     " (mend it)"),
    ("a key rule of an unknown list", *with_key(("[but]", "[<buts>]")),
     '17:11: rule "turn": "<buts>" uses an unknown list <buts>'
     " (add it to lists; a literal < needs an expression, as \\<)"),
    ("a key rule that excepts what it looks for", *with_key(("[but]", "[but]\n    unless: [BUT]")),
     '18:14: rule "turn": "unless" repeats "BUT" from "any" (remove one)'),
    ("an id that ends its line", "id: tea", r'id: "tea\n"',
     f'3:9: rule "tea ": "id" "tea " {KEBAB}'),
    *((f"a weight of {w}", "weight: 2", f"weight: {w}", f'7:13: ~ "weight" {NUMBER}, not {w}')
      for w in ("010", "1_0", "+3", "0x3", "3.0")),
    ("a backspace for a word's edge", "mug]", r'"/\bmug/"]',
     '6:16: ~ an entry of "any" holds the control character U+0008 (use single quotes)'),
    ("a backspace alone", "mug]", r'"\b"]',
     '6:16: ~ an entry of "any" holds the control character U+0008 (use single quotes)'),
    ("marks only", "mug]", "'...']",
     '6:16: ~ the phrase "..." has no letter or digit (write a word)'),
    ("an unclosed expression", "mug]", "/mug]", f"6:16: ~ /mug: {CLOSE}"),
    ("an expression of nothing", "mug]", "//]",
     "6:16: ~ // matches the empty text (make it need a character)"),
    ("an expression that needs nothing", "mug]", "/mu*g?|/]",
     "6:16: ~ /mu*g?|/ matches the empty text (make it need a character)"),
    ("flags", "mug]", "/mug/i]",
     "6:16: ~ /mug/i: no flags stand after the last slash (any case matches already)"),
    ("an open group", "mug]", "/(mug/]",
     "6:16: ~ /(mug/ is no regular expression: missing ), unterminated subpattern (mend it)"),
    ("flags that fight", "mug]", "/(?a)(?u)mug/]",
     "6:16: ~ /(?a)(?u)mug/ is no regular expression: ASCII and UNICODE flags are incompatible"
     " (mend it)"),
    ("too large a number", "mug]", "'/m{99999999999}/']",
     "6:16: ~ /m{99999999999}/ is no regular expression: the repetition number is too large"
     " (mend it)"),
    ("a long phrase", "mug]", f"{'x' * 1_001}]",
     "6:16: ~ an entry of over 1,000 characters (split it)"),
    ("unless repeats any", "[iced]", "[mug]", UNLESS.format("mug")),
    ("in another case", "[iced]", "[MUG]", UNLESS.format("MUG")),
    ("with other white space", "[tea, mug]\n    weight: 2\n    where: anywhere\n    unless: [iced]",
     "[it's  hot]\n    weight: 2\n    where: anywhere\n    unless: [it’s hot]",
     UNLESS.format("it’s hot")),
    ("an expression twice", "mug]\n    weight: 2\n    where: anywhere\n    unless: [iced",
     "/mug/]\n    weight: 2\n    where: anywhere\n    unless: [/mug/", UNLESS.format("/mug/")),
]
# fmt: on
each = pytest.mark.parametrize


def content(row: Row) -> str:
    return edited((row[1], row[2])) if row[1] else row[2]


def faults(text: str) -> list[str]:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(text, "my.yaml")
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return [str(fault) for fault in caught.value.faults]


@each("row", [*SYNTAX, *STRUCTURE, *SENSE], ids=lambda row: row[0])
def test_each_fault_is_told_once_at_its_place_with_what_to_do(row: Row) -> None:
    told = [f"my.yaml:{fault}".replace(": ~ ", ': rule "tea": ') for fault in row[3:]]
    assert faults(content(row)) == told


@each("pattern", ["/[[a]b/", "/[a||b]c/", "/[a--]b/"])
def test_an_expression_that_python_warns_of_puts_nothing_on_the_screen(
    pattern: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "my.yaml").write_text(edited(("mug]", f"'{pattern}']")), encoding="utf-8")
    assert run("check", "my.yaml").err == b""


@each(
    "text",
    [
        "[" * 100_000,
        "{" * 100_000,
        "&a [" * 100_000,
        "a: " * 100_000,
        "".join(f"k{n}: 1\n" for n in range(6_000)),
        rule_set(rule(any=[""] * 10_000)),
    ],
    ids=["brackets", "braces", "anchors", "keys", "unknown keys", "empty entries"],
)
def test_what_is_too_much_of_anything_is_faults_in_no_time(text: str) -> None:
    start = time.process_time()
    assert faults(text)
    assert time.process_time() - start < 5


def test_thousands_of_entries_are_compared_in_no_time() -> None:
    any, unless = ([f"{word} {n}" for n in range(1_000)] for word in ("tea", "iced"))
    start = time.process_time()
    lc.parse_rules(rule_set(rule(any=any, unless=unless)))
    assert time.process_time() - start < 2


def test_without_libyaml_the_program_says_so_and_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(lc.Failure) as caught:
        lc.parse_rules(BLOCK, "my.yaml")
    hint = "reinstall pyyaml from a wheel, which has it"
    assert str(caught.value) == f"my.yaml: this PyYAML has no libyaml to read it with ({hint})"


# -------------------------------------------------------------------------------- many, and files

TEN = edited(
    ("version: 1", "version: 2\nprecedence: [claim]"),
    ("tag: claim", "tag: Claim"),
    ("It is so.", "no"),
    ("[tea, mug]", "[tea, '', /(/, '?']"),
    ("weight: 2", "wieght: 2"),
    ("[iced]", "[TEA]"),
    ("match: [Tea.]", "match: []"),
)
PLACES = [(1, 10), (2, 14), (5, 10), (6, 10), (7, 16), (7, 20), (7, 25), (8, 5), (10, 14), (12, 14)]


def test_a_file_with_ten_faults_reports_ten_sorted_by_place() -> None:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(TEN)
    assert [(fault.line, fault.column) for fault in caught.value.faults] == PLACES


@each("text", [TEN, *(content(row) for row in SYNTAX[:2])], ids=["ten faults", "quote", "quote"])
def test_faults_are_the_result_of_check_and_the_trouble_of_any_other_command(
    text: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
    told = "".join(f"{fault}\n" for fault in faults(text)).encode()
    assert run("check", "my.yaml") == (1, told, b"")
    assert run("outline", "--rules", "my.yaml") == (2, b"", told)


@each(
    ("name", "data", "told"),
    [
        ("none.yaml", None, " cannot read it: no such file or directory (check the path)"),
        ("shelf", None, " this is a folder (give a file in it)\n"),
        (
            "latin.yaml",
            "# a\n# Café".encode("latin-1"),
            "2:6: the byte 0xE9 is not UTF-8 "
            "(iconv -f WINDOWS-1252 -t UTF-8 latin.yaml > latin-utf8.yaml)",
        ),
        (
            "utf16.yaml",
            BLOCK.encode("utf-16"),
            "1:1: this is UTF-16, not UTF-8 "
            "(iconv -f UTF-16 -t UTF-8 utf16.yaml > utf16-utf8.yaml)",
        ),
        ("big.yaml", b"#" * 1_000_001, " over 1 MB (give a smaller file)"),
    ],
    ids=["missing", "a folder", "latin-1", "utf-16", "too big"],
)
def test_a_file_that_cannot_be_read_is_one_line_and_exit_2(
    name: str, data: bytes | None, told: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "shelf").mkdir()
    if data:
        (tmp_path / name).write_bytes(data)
    for command in (["check", name], ["outline", "--rules", name]):
        code, out, err = run(*command)
        assert (code, out, err.count(b"\n")) == (2, b"", 1)
        assert err.decode().startswith(f"{name}:{told}")


def test_a_device_without_content_is_an_empty_file(run: Run) -> None:
    told = f"/dev/null:{NO_FILE}\n".encode()
    assert run("check", "/dev/null") == (1, told, b"")
    assert run("outline", "--rules", "/dev/null") == (2, b"", told)


# -------------------------------------------------------------------------------------- the schema

MAXIMAL = rule_set(
    rule(
        "tea",
        ["tea", r"/\bmugs?\b/"],
        tag="evidence",
        weight=100,
        unless=["<say>"],
        where="closing",
    ),
    rule("a1-b2", weight=0, where="opening"),
    skip=[skip_rule(), skip_rule("ad", ["/(ad ?)+/"])],
    precedence=["evidence", "claim", "recommendation"],
    otherwise="recommendation",
    ending="evidence",
    lists={"say": ["says", "<think>", "(will|would) say"], "think": ["thinks", r"/\bholds?\b/"]},
    keys=[
        json.loads(KEYED),
        json.loads(rule("off", ["off"], tag=None, weight=0)),
        json.loads(
            rule("but", ["<think>"], tag=None, weight=-100, unless=["/so+/"], where="closing")
        ),
        json.loads(rule("full", ["full"], tag=None, weight=100, where="opening", unless=[])),
    ],
)


def schema_finds(text: str) -> bool:
    return not Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


# What may be left out may also be left empty.
VALID = {
    "minimal": rule_set(),
    "as written": BLOCK,
    "maximal": MAXIMAL,
    "an empty unless": edited(("[iced]", "[]")),
    "nothing in unless": edited((" [iced]", "")),
    "a null unless": edited(("[iced]", "null")),
    "a ~ for unless": edited(("[iced]", "~")),
    "an empty skip": edited(("version: 1", "version: 1\nskip: []")),
    "nothing in skip": edited(("version: 1", "version: 1\nskip:")),
    "a null skip": edited(("version: 1", "version: 1\nskip: null")),
    "empty keys": f"{BLOCK}keys: []\n",
    "nothing in keys": f"{BLOCK}keys:\n",
    "null keys": f"{BLOCK}keys: ~\n",
    "a key rule": f"{BLOCK}{KEY}",
    "a key rule first of all": KEY + BLOCK,
}


@each("text", VALID.values(), ids=VALID)
def test_a_valid_file_passes_the_program_and_the_schema(text: str) -> None:
    assert lc.parse_rules(text).rules
    assert not schema_finds(text)


def test_what_is_left_empty_is_as_if_left_out() -> None:
    without = lc.parse_rules(edited(("    unless: [iced]\n", "")))
    for text in (text for name, text in VALID.items() if "unless" in name):
        rules = lc.parse_rules(text)
        assert rules.rules == without.rules
        assert rules.skips == without.skips == ()
    for text in (text for name, text in VALID.items() if name.endswith("keys")):
        rules = lc.parse_rules(text)
        assert rules.rules == lc.parse_rules(BLOCK).rules
        assert rules.keys == ()


@each("weight", [-100, -1, 0, 1, 100])
@each("where", ["anywhere", "opening", "closing"])
def test_a_key_rule_is_read_as_it_is_written_and_has_no_tag(weight: int, where: str) -> None:
    swaps = [("weight: 10", f"weight: {weight}"), ("[but]", f"[but]\n    where: {where}")]
    rules = lc.parse_rules(edited(with_key(*swaps)))
    (one,) = rules.keys
    assert (one.id, one.tag, one.why, one.weight) == ("turn", None, "It turns.", weight)
    assert (one.any, one.unless, one.where) == (("but",), (), where)
    assert (one.match, one.miss) == (("But.",), ("And.",))
    assert (one.id.place, one.any[0].place) == ((14, 9), (17, 11))
    assert [str(each.id) for each in rules.every] == ["tea", "turn"]


def test_the_shipped_rules_pass_the_program_and_the_schema() -> None:
    text = lc.shipped_file(lc.SHIPPED_RULES).read_text(encoding="utf-8")
    checked = lc.parse_rules(text, lc.SHIPPED_RULES)
    assert checked == lc.load_rules() == lc.parse_rules(text, lc.SHIPPED_RULES, trusted=True)
    assert not schema_finds(text)


@each("row", STRUCTURE, ids=lambda row: row[0])
def test_an_editor_finds_by_the_schema_what_is_wrong_with_the_structure(row: Row) -> None:
    assert schema_finds(content(row))


# ---------------------------------------------------------------------------------------- mutations

POT = edited(("id: tea", "id: pot"), ("mug]", "'/m(u|g)+/']")).partition("rules:\n")[2]
SMALL = MAXIMAL + POT
SCALARS = [
    "<say>",
    "(a|b)",
    "^ tea",
    "no",
    "010",
    "1.5",
    "~",
    "2020-01-01",
    '"\\b"',
    "[]",
    "{}",
    "*a",
    "&a",
    "!!str",
    "'",
]
Mutation = Callable[[random.Random, list[str], int], None]


def flip(dice: random.Random, lines: list[str], at: int) -> None:
    place, byte = dice.randrange(len(lines[at]) + 1), dice.choice((256, 128))
    lines[at] = lines[at][:place] + chr(dice.randrange(byte)) + lines[at][place + 1 :]


def double(dice: random.Random, lines: list[str], at: int) -> None:
    lines.insert(dice.randrange(len(lines) + 1), lines[at])


def cut(dice: random.Random, lines: list[str], at: int) -> None:
    lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)] if dice.random() < 0.5 else ""


def indent(dice: random.Random, lines: list[str], at: int) -> None:
    lines[at] = dice.choice(["", " ", "  ", "    ", "\t"]) + lines[at].lstrip()


def retype(dice: random.Random, lines: list[str], at: int) -> None:
    key, colon, value = lines[at].partition(": ")
    words = value.split(" ")
    words[dice.randrange(len(words))] = dice.choice(SCALARS)
    lines[at] = key + colon + " ".join(words)


MUTATIONS: list[Mutation] = [flip, flip, double, cut, indent, retype]


def mutated(text: str, seed: int) -> bytes:
    """A text with one to four mutations; some of the bytes are no UTF-8 any more."""
    dice = random.Random(seed)
    lines = text.split("\n")
    for _ in range(dice.randint(1, 4)):
        dice.choice(MUTATIONS)(dice, lines, dice.randrange(len(lines)))
    whole = "\n".join(lines)
    return whole.encode("latin-1" if dice.random() < 0.02 else "utf-8", "replace")


@pytest.mark.slow
@each(("shipped", "first", "count"), [(True, 0, 60), (False, 200, 1_500)])
def test_a_mutated_rule_file_is_a_rule_set_or_a_list_of_faults(
    shipped: bool, first: int, count: int
) -> None:
    text = lc.shipped_file(lc.SHIPPED_RULES).read_text(encoding="utf-8") if shipped else SMALL
    ends: dict[str, int] = {}
    for seed in range(first, first + count):
        start = time.process_time()
        try:
            result: Any = lc.parse_rules(lc.decode(mutated(text, seed), "my.yaml"), "my.yaml")
            assert result.rules
        except lc.Failure as failure:
            result = failure
        except Exception as error:
            raise AssertionError(f"seed {seed}: {mutated(text, seed)!r}") from error
        assert time.process_time() - start < 2, seed
        assert isinstance(result, lc.RuleSet) or str(result).startswith("my.yaml:"), seed
        ends[type(result).__name__] = ends.get(type(result).__name__, 0) + 1
    assert {"RuleSet", "RuleFileError"} <= ends.keys()


def test_a_mutated_rule_file_never_ends_a_check_but_in_good_order(run: Run, tmp_path: Path) -> None:
    results = []
    for seed in range(25):
        (tmp_path / "my.yaml").write_bytes(mutated(SMALL, seed))
        results.append(run("check", "my.yaml"))
    assert {result.code for result in results} <= {0, 1, 2}
    assert all(bool(result.out) is (result.code < 2) for result in results)


# -------------------------------------------------------------------------- what nobody would guess


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [", "r.yaml:1:8: the file ends here, in the middle of something"),
        ("rules: [a,", "r.yaml:1:10: the file ends here, in the middle of something"),
        ("{", "r.yaml:1:1: the file ends here, in the middle of something"),
        ("rules : [", "r.yaml:1:9: the file ends here, in the middle of something"),
        (
            edited(("[tea, mug]", "[tea, m\u200bug]")),
            "r.yaml:6:17: the character U+200B cannot stand",
        ),
        (
            edited(("[tea, mug]", "[tea, m\u00adug]")),
            "r.yaml:6:17: the character U+00AD cannot stand",
        ),
        (edited(("weight: 2", "\u3000weight: 2")), "r.yaml:7:5: the space U+3000 stands here"),
        (edited(("[tea, mug]", "\n      -\ttea")), "r.yaml:7:8: a tab stands behind the dash"),
        (
            edited(("[tea, mug]", "\n      - |\n        /teas?/")),
            'r.yaml:7:9: rule "tea": /teas?/ : a line',
        ),
        (edited(("[tea, mug]", "[tea, *]")), "r.yaml:6:16: no plain text can start with this"),
        (f"{BLOCK}%YAML 1.1", "r.yaml:13:9: the file ends here"),
        ("%FOO x\nrules: []\n", "r.yaml:1:1: "),
    ],
)
def test_an_odd_file_is_told_at_a_place_that_it_has(text: str, told: str) -> None:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(text, "r.yaml")
    first, *_ = caught.value.faults
    assert str(first).startswith(told)
    lines = text.split("\n")
    assert 1 <= first.column <= len(lines[first.line - 1]) + 1


def test_a_rule_with_two_ids_goes_by_its_first() -> None:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(
            edited(("weight: 2", "weight: -2"), ("where: anywhere", "id: pot")), "r.yaml"
        )
    assert {str(fault).split(": ")[1] for fault in caught.value.faults} == {'rule "tea"'}


def test_an_id_that_is_there_twice_is_told_where_it_comes_again() -> None:
    skip = BLOCK.replace("version: 1\nrules:", "skip:").replace("    tag: claim\n", "")
    skip = skip.replace("    weight: 2\n    where: anywhere\n    unless: [iced]\n", "")
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(skip + BLOCK.removeprefix("version: 1\n") + "version: 1\n", "r.yaml")
    (fault,) = caught.value.faults
    assert str(fault) == 'r.yaml:9:9: rule "tea": the id is already used on line 2 (choose another)'


# ------------------------------------------------------------------------------ the packed rules


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The shipped files in a folder of their own, with the rules packed as a wheel has them."""
    for name in (lc.SHIPPED_RULES, lc.SCHEMA_FILE):
        (tmp_path / name).write_bytes(lc.shipped_file(name).read_bytes())
    (tmp_path / lc.PREPARED_FILE).write_bytes(lc.pack_rules())
    monkeypatch.setattr(lc, "shipped_file", lambda name: tmp_path / name)
    lc.load_prepared.cache_clear()
    yield tmp_path
    lc.load_prepared.cache_clear()


def test_packed_rules_are_the_shipped_ones_with_their_matcher(
    data_folder: Path, shipped_rules: lc.RuleSet
) -> None:
    packed = lc.load_prepared()
    assert packed is not None
    assert packed == (shipped_rules, lc.make_matcher(shipped_rules))
    assert lc.load_rules() is packed.rules
    rules = lc.parse_rules(shipped_rules.text, lc.SHIPPED_RULES)
    lc.make_matcher.cache_clear()
    assert lc.make_matcher(rules) is packed.matcher


@each("at", [0, 3, 4, -1])
def test_packed_rules_that_are_damaged_are_left_alone(data_folder: Path, at: int) -> None:
    packed = bytearray((data_folder / lc.PREPARED_FILE).read_bytes())
    packed[at] ^= 1
    (data_folder / lc.PREPARED_FILE).write_bytes(packed)
    assert lc.load_prepared() is None
    assert lc.load_rules().rules


def test_shipped_rules_that_were_edited_where_they_lie_count_and_not_the_packed_ones(
    data_folder: Path,
) -> None:
    (data_folder / lc.SHIPPED_RULES).write_text(rule_set(rule("tea")), encoding="utf-8")
    rules = lc.load_rules()
    assert [str(one.id) for one in rules.every] == ["tea"]
    packed = lc.load_prepared()
    assert packed is not None
    assert lc.make_matcher(rules) != packed.matcher


# ------------------------------------------------------------------- faults that hide no others


def test_an_entry_that_another_rule_has_too_hides_no_fault_behind_it() -> None:
    text = rule_set(rule("tea", ["tea", "mug"]), rule("pot", ["mug", "a|b"]))
    (fault,) = faults(text)
    assert fault.startswith("my.yaml:4:")
    assert 'rule "pot": "a|b": a literal |' in fault


@each("before", ["", "\n", "\n\n"])
def test_an_odd_character_is_told_at_its_place_below_empty_lines(before: str) -> None:
    line = len(before) + 1
    assert faults(f"{before}\t{BLOCK}") == [
        f"my.yaml:{line}:1: a tab indents this line (use spaces)"
    ]
    assert faults(f"{before}ab\x07{BLOCK}")[0].startswith(f"my.yaml:{line}:3: the character U+0007")


@each("before", ["", "[], ", "[[]], " * 3, "{}, "])
def test_depth_is_counted_where_something_is_open_and_not_where_it_was_closed(before: str) -> None:
    within = f"a: {'[' * 17}{before}"
    assert "nested deeper" not in faults(f"{within}[[]]{']' * 17}\n")[0]
    told = f"my.yaml:1:{len(within) + 3}: {DEEP}"
    assert faults(f"{within}[[[]]]{']' * 17}\n") == [told]


def test_what_a_rule_and_a_file_leave_out_is_what_it_mostly_is() -> None:
    rules = lc.parse_rules(rule_set(rule("tea")))
    (one,) = rules.rules
    assert (one.weight, one.unless, one.where) == (1, (), "anywhere")
    assert (rules.skips, rules.keys, rules.lists) == ((), (), ())
    assert (rules.precedence, rules.otherwise, rules.ending) == (lc.PRECEDENCE, "claim", None)
    assert rules.source == ""
    assert lc.parse_rules(rules.text, "my.yaml") == rules._replace(source="my.yaml")


def test_a_faulty_entry_is_told_of_every_rule_that_has_it() -> None:
    pot = BLOCK.partition("rules:\n")[2].replace("id: tea", "id: pot")
    text = (BLOCK + pot).replace("[tea, mug]", "[tea, a|b]")
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(text, "r.yaml")
    assert [str(fault).split(":")[1] for fault in caught.value.faults] == ["6", "16"]
