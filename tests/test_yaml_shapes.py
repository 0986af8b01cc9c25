"""What each shape that YAML has means in a rule file, or at which place it is refused.

The shapes are those that YAML parsers are tested by; most are nothing that people write on purpose.
"""

import pytest
import yaml
from conftest import BLOCK, edited

import lankov_claims as lc

# A name, what stands behind "why:", and the text that it is.
WhyRow = tuple[str, str, str]
# A name, what stands behind "any:", and the entries that it is.
EntriesRow = tuple[str, ...]
# A name, a text of the valid file (the whole file, where it is ""), what stands there instead, and
# the faults: each its place and the part of its message that tells it from others.
FaultRow = tuple[str, ...]
# fmt: off
WHYS: list[WhyRow] = [
    ("plain with tail spaces", " It is so.   ", "It is so."),
    ("plain on the next line", "\n      It is so.", "It is so."),
    ("plain on two lines", " It\n      is so.", "It is so."),
    ("plain on three uneven lines", " It\n          is\n     so.", "It is so."),
    ("plain over a blank line", " It\n\n      is so.", "It\nis so."),
    ("plain over two blank lines", " It\n\n\n      is so.", "It\n\nis so."),
    ("plain, a line of it starts with a dash", " It\n      - is so.", "It - is so."),
    ("plain, a line of it starts with a question mark", " It\n      ? is so.", "It ? is so."),
    ("plain with colons inside words", " See a:b and ::c, at 10:30.", "See a:b and ::c, at 10:30."),
    ("plain with a web address", " See http://example.org/a?b=c#d.",
     "See http://example.org/a?b=c#d."),
    ("plain with a # inside a word", " It is no#comment.", "It is no#comment."),
    ("plain with quotes inside", " It's \"so\".", "It's \"so\"."),
    ("plain, starts with a dash", " -so it is.", "-so it is."),
    ("plain, starts with a question mark", " ?so it is.", "?so it is."),
    ("plain, starts with a colon", " :so it is.", ":so it is."),
    ("plain with every mark inside", " a, [b], {c} & *d ! |e > %f @g `h.",
     "a, [b], {c} & *d ! |e > %f @g `h."),
    ("plain with backslash", " a\\nb.", "a\\nb."),
    ("plain after tab", "\tIt is so.", "It is so."),
    ("plain with tab inside", " It\tis so.", "It\tis so."),
    ("plain before tab", " It is so.\t", "It is so."),
    ("plain in many scripts", " Čaj, чай, 茶, 🍵 e\u0301.", "Čaj, чай, 茶, 🍵 e\u0301."),
    ("plain, starts with null", " null and void.", "null and void."),
    ("plain, starts with yes", " Yes, it is.", "Yes, it is."),
    ("plain y, which only other parsers take for true", " y", "y"),
    ("plain with two dots", " 1.2.3", "1.2.3"),
    ("plain without the dot that a number has here", " 1e2", "1e2"),
    ("plain octal of a later YAML", " 0o17", "0o17"),
    ("single quotes", " 'It is so.'", "It is so."),
    ("single with two quotes", " 'It''s so.'", "It's so."),
    ("single quotes round one alone", " ''''", "'"),
    ("single keeps hash and colon", " 'a: b #c'", "a: b #c"),
    ("single keeps backslash", " 'a\\nb'", "a\\nb"),
    ("single on two lines", " 'It\n      is so.'", "It is so."),
    ("single on two lines, less indented", " 'It\n is so.'", "It is so."),
    ("single, goes on at the margin", " 'It\nis so.'", "It is so."),
    ("single over a blank line", " 'It\n\n      is so.'", "It\nis so."),
    ("single keeps the spaces at its ends", " '  It is so.  '", "  It is so.  "),
    ("single, spaces before a break go", " 'It   \n      is so.'", "It is so."),
    ("single, a line of it looks like a comment", " 'It\n      # is so.'", "It # is so."),
    ("single before a comment", " 'It is so.' # yes", "It is so."),
    ("double quotes", ' "It is so."', "It is so."),
    ("double with escaped quotes", ' "It is \\"so\\"."', 'It is "so".'),
    ("double with escaped backslash", ' "a\\\\b"', "a\\b"),
    ("double with an escaped slash", ' "a\\/b"', "a/b"),
    ("double with an escape of two digits", ' "\\x49t is so."', "It is so."),
    ("double with an escape of four digits", ' "\\u0049t is so."', "It is so."),
    ("double with an escape of eight digits", ' "\\U0001F375 is so."', "🍵 is so."),
    ("double with an escaped space", ' "\\ It is so."', " It is so."),
    ("double on two lines", ' "It\n      is so."', "It is so."),
    ("double with an escaped break", ' "It \\\n      is so."', "It is so."),
    ("double with an escaped break and an escaped space", ' "It\\\n      \\  is so."',
     "It  is so."),
    ("double over a blank line", ' "It\n\n      is so."', "It\nis so."),
    ("double, goes on at the margin", ' "It\nis so."', "It is so."),
    ("double that starts with a break", ' "\n      It is so."', " It is so."),
    ("double quotes round null", ' "null"', "null"),
    ("literal, one line break kept", " |\n      It is so.", "It is so.\n"),
    ("literal, no line break kept", " |-\n      It is so.", "It is so."),
    ("literal, all line breaks kept", " |+\n      It is so.\n", "It is so.\n\n"),
    ("literal, blank lines below go", " |\n      It is so.\n\n", "It is so.\n"),
    ("literal of two lines", " |-\n      It\n      is so.", "It\nis so."),
    ("literal with a deeper line", " |-\n      It\n        is so.", "It\n  is so."),
    ("literal that says it is indented by one", " |1-\n     It is so.", "It is so."),
    ("literal that says it is indented by two", " |2-\n      It is so.", "It is so."),
    ("literal that so keeps spaces", " |2-\n        It is so.", "  It is so."),
    ("literal with its marks the other way round", " |-2\n      It is so.", "It is so."),
    ("literal with a blank line first", " |-\n\n      It is so.", "\nIt is so."),
    ("literal with what looks like a comment", " |-\n      # It is so.", "# It is so."),
    ("literal with what looks like a key", " |-\n      a: b", "a: b"),
    ("literal with a comment behind its bar", " |- # why\n      It is so.", "It is so."),
    ("literal with what looks like a document's start", " |-\n      ---", "---"),
    ("literal with a tab inside", " |-\n      It\tis so.", "It\tis so."),
    ("folded, one line break kept", " >\n      It\n      is so.", "It is so.\n"),
    ("folded, no line break kept", " >-\n      It\n      is so.", "It is so."),
    ("folded, all line breaks kept", " >+\n      It is so.\n", "It is so.\n\n"),
    ("folded with a blank line", " >-\n      It\n\n      is so.", "It\nis so."),
    ("folded with a deeper line", " >-\n      It\n        is\n      so.", "It\n  is\nso."),
    ("folded that says how it is indented", " >2-\n        It\n      is so.", "  It\nis so."),
    ("folded before a comment", " >-\n      It is so.\n    # so", "It is so."),
    ("a comment behind", " It is so. # yes", "It is so."),
    ("a comment behind a tab", " It is so.\t# yes", "It is so."),
    ("a comment before the value", " # yes\n      It is so.", "It is so."),
    ("a comment below", " It is so.\n# yes", "It is so."),
    ("a comment below, deeper", " It is so.\n            # yes", "It is so."),
    ("an empty comment", " It is so. #", "It is so."),
]
ENTRIES: list[EntriesRow] = [
    ("flow, as usual", " [tea, mug]", "tea", "mug"),
    ("flow no spaces", " [tea,mug]", "tea", "mug"),
    ("flow spaced", " [ tea , mug ]", "tea", "mug"),
    ("flow trailing comma", " [tea, mug,]", "tea", "mug"),
    ("flow over lines", " [\n      tea,\n      mug\n    ]", "tea", "mug"),
    ("flow, closed at the margin", " [\n      tea,\n      mug\n]", "tea", "mug"),
    ("flow, a comma leads its line", " [ tea\n      , mug ]", "tea", "mug"),
    ("flow with comments", " [ # drinks\n      tea, # hot\n      # cold\n      mug ] # end", "tea",
     "mug"),
    ("flow on the next line", "\n      [tea, mug]", "tea", "mug"),
    ("flow, a text on two lines", " [tea\n      mug, pot]", "tea mug", "pot"),
    ("flow quoted", " ['tea', \"mug\"]", "tea", "mug"),
    ("flow, quoted without spaces", " ['tea','mug']", "tea", "mug"),
    ("flow, a comment right behind a comma", " [tea,#x\n      mug]", "tea", "mug"),
    ("flow with a # inside a word", " [tea#x, mug]", "tea#x", "mug"),
    ("flow with a dash first", " [-tea, mug]", "-tea", "mug"),
    ("flow, a question mark ends a text", " [tea?, mug]", "tea?", "mug"),
    ("flow, a question mark ends several words", " [what now?, mug]", "what now?", "mug"),
    ("flow with a colon inside a word", " [tea:mug, pot]", "tea:mug", "pot"),
    ("flow with a web address", " [http://tea.org, pot]", "http://tea.org", "pot"),
    ("flow with braces in quotes", " ['/t{1,2}ea/', mug]", "/t{1,2}ea/", "mug"),
    ("flow with a tab between", " [tea,\tmug]", "tea", "mug"),
    ("flow, goes on at the margin", " [tea,\nmug]", "tea", "mug"),
    ("flow, goes on less indented", " [tea,\n  mug]", "tea", "mug"),
    ("block, as usual", "\n      - tea\n      - mug", "tea", "mug"),
    ("block, no deeper than its key", "\n    - tea\n    - mug", "tea", "mug"),
    ("block, one deeper", "\n     - tea\n     - mug", "tea", "mug"),
    ("block, far to the right", "\n                    - tea\n                    - mug", "tea",
     "mug"),
    ("block, spaces behind a dash", "\n      -    tea\n      - mug", "tea", "mug"),
    ("block, a text on the line below its dash", "\n      -\n        tea\n      - mug", "tea",
     "mug"),
    ("block with comments",
     " # drinks\n      # hot\n      - tea # yes\n\n      # cold\n      - mug\n# end", "tea", "mug"),
    ("block, a text on two lines", "\n      - tea\n        mug\n      - pot", "tea mug", "pot"),
    ("block with quotes", "\n      - 'tea'\n      - 'mug'", "tea", "mug"),
    ("block with a literal", "\n      - |\n        tea\n      - mug", "tea\n", "mug"),
    ("block with a literal, no line break kept", "\n      - |-\n        tea\n      - mug", "tea",
     "mug"),
    ("block with a folded text", "\n      - >-\n        tea\n        mug\n      - pot", "tea mug",
     "pot"),
    ("block with a folded expression", "\n      - >-\n        /tea/\n      - mug", "/tea/", "mug"),
    ("block with a literal that ends in an anchor", "\n      - |\n        tea $\n      - mug",
     "tea $\n", "mug"),
    ("block with a colon inside a word", "\n      - tea:mug", "tea:mug"),
    ("block, a text starts with a dash", "\n      - -tea\n      - mug", "-tea", "mug"),
    ("block, a text starts with two dashes", "\n      - --tea\n      - mug", "--tea", "mug"),
]
# What is written in another shape than the valid file, and means the same.
FILES = {
    "a document's start and end": f"---\n{BLOCK}...\n",
    "a document's end alone": f"{BLOCK}...\n",
    "a comment behind a document's end": f"{BLOCK}... # end\n# more\n",
    "a comment before a document's start": f"# Rules.\n---\n{BLOCK}",
    "a comment behind a document's start": f"--- # Rules.\n{BLOCK}",
    "a directive of YAML 1.1": f"%YAML 1.1\n---\n{BLOCK}",
    "a directive of YAML 1.2": f"%YAML 1.2\n---\n{BLOCK}",
    "a directive of tags that nobody uses": f"%TAG ! tag:example.org,2000:\n---\n{BLOCK}",
    "no line break last": BLOCK.rstrip("\n"),
    "blank lines last": f"{BLOCK}\n\n\n",
    "blank lines first": f"\n\n{BLOCK}",
    "blank lines everywhere": BLOCK.replace("\n", "\n\n"),
    "lines of spaces everywhere": BLOCK.replace("\n", "\n   \n"),
    "comments everywhere": BLOCK.replace("\n", "\n# So.\n"),
    "deep comments everywhere": BLOCK.replace("\n", "\n                # So.\n"),
    "a comment last, without a line break": f"{BLOCK}# So.",
    "spaces behind every line": BLOCK.replace("\n", "  \n"),
    "tabs behind every line": BLOCK.replace("\n", "\t\n"),
    "all of it indented": "".join(f"  {line}" for line in BLOCK.splitlines(keepends=True)),
    "rules at the margin": BLOCK.replace("\n  - id", "\n- id").replace("\n    ", "\n  "),
    "rules indented far": BLOCK.replace("\n    ", "\n            ").replace("  - ", "          - "),
    "spaces behind the dash": BLOCK.replace("\n    ", "\n      ").replace("  - ", "  -   "),
    "a rule below its dash": edited(("  - id: tea", "  -\n    id: tea")),
    "the keys in another order": edited(("version: 1\n", "")) + "version: 1\n",
    "all in flow": "{version: 1, rules: [{id: tea, tag: claim, why: It is so., any: [tea, mug],"
                   " weight: 2, where: anywhere, unless: [iced],"
                   " examples: {match: [Tea.], miss: [Not.]}}]}",
    "all in JSON": '{"version":1,"rules":[{"id":"tea","tag":"claim","why":"It is so.",'
                   '"any":["tea","mug"],"weight":2,"where":"anywhere","unless":["iced"],'
                   '"examples":{"match":["Tea."],"miss":["Not."]}}]}',
    "a rule in flow, over lines":
        "version: 1\nrules:\n  - {id: tea, tag: claim, why: It is so., any: [tea, mug],\n"
        "     weight: 2, where: anywhere, unless: [iced],\n"
        "     examples: {match: [Tea.], miss: [Not.]},}\n",
    "keys in quotes": edited(("version", "'version'"), ("weight", '"weight"')),
    "a key with an escape": edited(("weight", r'"w\x65ight"')),
    "a key that says so": edited(("    weight: 2", "    ? weight\n    : 2")),
    "a key that says so, and a list":
        edited(("    any: [tea, mug]", "    ? any\n    : - tea\n      - mug")),
    "a key that is a literal block":
        edited(("    weight: 2", "    ? |-\n      weight\n    : 2")),
    "a space before a colon": edited(("weight: 2", "weight : 2")),
    "a tab before a colon": edited(("weight: 2", "weight\t: 2")),
    "a tab behind a colon": edited(("weight: 2", "weight:\t2")),
    "a value on the next line": edited(("weight: 2", "weight:\n      2")),
    "anchors, aliases and tags in a comment": edited(("mug]", "mug] # &a *b !c")),
}
FAULTS: list[FaultRow] = [
    ("double with an escape that is Esc", " It is so.", ' "It\\eis so."',
     '5:10: "why" holds the control character U+001B'),
    ("double with an escape that is nothing", " It is so.", ' "It\\0is so."',
     '5:10: "why" holds the control character U+0000'),
    ("double with half a pair", " It is so.", ' "It\\ud800is so."',
     "5:15: double quotes read a backslash as an escape"),
    ("double with a character in two halves", " It is so.", ' "It\\ud83c\\udf75is so."',
     "5:15: double quotes read a backslash as an escape"),
    ("double with a document's start inside", " It is so.", ' "It\n--- is so."',
     "5:10: the quoted text that opens here is not closed"),
    ("single with a document's end inside", " It is so.", " 'It\n... is so.'",
     "5:10: the quoted text that opens here is not closed"),
    ("literal with a tab first", " It is so.", " |-\n      \tIt is so.",
     "6:7: a tab indents this line"),
    ("literal of nothing", " It is so.", " |", '5:10: "why" is empty'),
    ("literal of line breaks", " It is so.", " |+\n", '5:10: "why" is empty'),
    ("literal with a mark that is none", " It is so.", " |x\n      It is so.",
     "5:11: no plain text can start with this character"),
    ("literal, its first line deepest", " It is so.", " |-\n        It\n      is so.",
     "7:7: this is no key"),
    ("literal, no deeper than its key", " It is so.", " |-\n    It is so.",
     "6:5: this is neither an entry nor a key"),
    ("literal, its blank first line deepest", " It is so.", " |-\n          \n      It is so.",
     "7:7: this is no key"),
    ("a comment inside a plain text", " It is so.", " It\n      # yes\n      is so.",
     "7:7: this is no key"),
    ("a comment for a text", " It is so.", " #so", '5:9: "why" is empty'),
    ("nothing", " It is so.", "", '5:9: "why" is empty'),
    ("double quotes round nothing", " It is so.", ' ""', '5:10: "why" is empty'),
    ("single quotes round spaces", " It is so.", " '  '", '5:10: "why" is empty'),
    ("a capital Null", " It is so.", " Null", '5:10: "why" is empty'),
    ("a tilde", " It is so.", " ~", '5:10: "why" is empty'),
    ("single quotes round a no-break space", " It is so.", " '\xa0'", '5:10: "why" is empty'),
    ("an infinity", " It is so.", " .inf",
     "5:10: \"why\" is read by YAML as a number (quote it: '.inf')"),
    ("what is not a number", " It is so.", " .NaN",
     "5:10: \"why\" is read by YAML as a number (quote it: '.NaN')"),
    ("a hexadecimal number", " It is so.", " 0x1F",
     "5:10: \"why\" is read by YAML as a number (quote it: '0x1F')"),
    ("a binary number", " It is so.", " 0b11",
     "5:10: \"why\" is read by YAML as a number (quote it: '0b11')"),
    ("a number with an underscore", " It is so.", " 1_000",
     "5:10: \"why\" is read by YAML as a number (quote it: '1_000')"),
    ("a capital Off", " It is so.", " Off",
     "5:10: \"why\" is read by YAML as true or false (quote it: 'Off')"),
    ("a TRUE in capitals", " It is so.", " TRUE",
     "5:10: \"why\" is read by YAML as true or false (quote it: 'TRUE')"),
    ("hours, minutes and seconds", " It is so.", " 190:20:30",
     "5:10: \"why\" is read by YAML as a number (quote it: '190:20:30')"),
    ("a date with a time zone", " It is so.", " 2001-12-14t21:59:43.10-05:00",
     "5:10: \"why\" is read by YAML as a date (quote it: '2001-12-14t21:59:43.10-05:00')"),
    ("a date with a time", " It is so.", " 2001-12-14 21:59:43",
     "5:10: \"why\" is read by YAML as a date (quote it: '2001-12-14 21:59:43')"),
    ("a backtick first", " It is so.", " `so`",
     "5:10: no plain text can start with this character"),
    ("a percent sign first", " It is so.", " %so",
     "5:10: no plain text can start with this character"),
    ("a comma first", " It is so.", " , so", "5:10: a value is missing here"),
    ("a closing bracket first", " It is so.", " ] so", "5:10: a value is missing here"),
    ("a colon first", " It is so.", " : so", '5:10: a ": " is out of place'),
    ("a colon inside", " It is so.", " a: b", '5:11: a ": " is out of place'),
    ("a colon last", " It is so.", " It is so:", '5:18: a ": " is out of place'),
    ("a tag in full", " It is so.", " !<tag:yaml.org,2002:str> so",
     "5:10: no plain text can start with &, * or !"),
    ("a tag of one's own", " It is so.", " !so so", "5:10: no plain text can start with &, * or !"),
    ("flow, cut by a #", " [tea, mug]", " [tea #x, mug]",
     '6:10: the "[" that opens here lacks a "," or its "]"'),
    ("flow with a dash", " [tea, mug]", " [- tea, mug]", "6:11: a value is missing here"),
    ("flow, a question mark first", " [tea, mug]", " [?tea, mug]",
     '6:11: an entry of "any" must be a text, not a key with a value'),
    ("flow with a key that says so", " [tea, mug]", " [? tea, mug]",
     '6:11: an entry of "any" must be a text, not a key with a value'),
    ("flow with a quoted key", " [tea, mug]", " ['tea':mug, pot]",
     '6:11: an entry of "any" must be a text, not a key with a value'),
    ("flow with a key", " [tea, mug]", " [tea: mug]",
     '6:11: an entry of "any" must be a text, not a key with a value'),
    ("flow with plain braces", " [tea, mug]", " [/t{1}ea/, mug]",
     '6:10: the "[" that opens here lacks a "," or its "]"'),
    ("flow with two commas last", " [tea, mug]", " [tea,,]", "6:15: a value is missing here"),
    ("flow with a comma first", " [tea, mug]", " [,tea]", "6:11: a value is missing here"),
    ("flow, two of them", " [tea, mug]", " [tea][mug]", "6:15: this is no key"),
    ("flow, closed twice", " [tea, mug]", " [tea]]", "6:15: this is no key"),
    ("flow, indented by a tab", " [tea, mug]", " [tea,\n\tmug]", "7:1: a tab indents this line"),
    ("block, its second dash less deep", " [tea, mug]", "\n      - tea\n     - mug",
     "8:6: this is no key"),
    ("block, a text right below its dash", " [tea, mug]", "\n      -\n      tea\n      - mug",
     "8:7: this is neither an entry nor a key"),
    ("block with nothing first", " [tea, mug]", "\n      -\n      - mug",
     '7:8: an entry of "any" is empty'),
    ("block with nothing last", " [tea, mug]", "\n      - tea\n      -",
     '8:8: an entry of "any" is empty'),
    ("block with a comment for a text", " [tea, mug]", "\n      - #tea\n      - mug",
     '7:8: an entry of "any" is empty'),
    ("block, a text ends in a colon", " [tea, mug]", "\n      - tea:\n      - mug",
     '7:9: an entry of "any" must be a text, not a key with a value'),
    ("block with an empty list", " [tea, mug]", "\n      - []",
     '7:9: an entry of "any" must be a text, not a list'),
    ("block with empty keys", " [tea, mug]", "\n      - {}",
     '7:9: an entry of "any" must be a text, not a key with a value'),
    ("block with three dashes", " [tea, mug]", "\n      - ---\n      - mug",
     '7:9: the phrase "---" has no letter or digit'),
    ("block with a key that says so", " [tea, mug]", "\n      - ? tea\n      - mug",
     '7:9: an entry of "any" must be a text, not a key with a value'),
    ("block with a colon first", " [tea, mug]", "\n      - : tea\n      - mug",
     "7:9: this is no key"),
    ("block with a star first", " [tea, mug]", "\n      - *tea",
     "7:9: no plain text can start with &, * or !"),
    ("block with a less-than sign", " [tea, mug]", "\n      - 'a<b'",
     '7:9: "a<b": a literal < needs an expression, or (a|b) its other half'),
    ("keys for a list", " [tea, mug]", "\n      tea: mug", '7:7: "any" must be a list'),
    ("flow keys for a list", " [tea, mug]", " {tea, mug}", '6:10: "any" must be a list'),
    ("empty keys for a list", " [tea, mug]", " {}", '6:10: "any" must be a list'),
    ("null for a list", " [tea, mug]", " null", '6:10: "any" must be a list'),
    ("keys without values for a list", " [tea, mug]", "\n      ? tea\n      ? mug",
     '7:7: "any" must be a list'),
    ("rules left empty", "", "version: 1\nrules:\n", '2:7: "rules" must be a list'),
    ("one rule for the rules", "", "version: 1\nrules: {id: tea}\n", '2:8: "rules" must be a list'),
    ("a text for the rules", "", "version: 1\nrules: tea\n", '2:8: "rules" must be a list'),
    ("a rule in a list of its own", "", "version: 1\nrules:\n  - - id: tea\n",
     "3:5: the rule must be keys with values: id, tag, why, any and examples"),
    ("a word alone", "", "tea\n", '1:1: this is no rule file, which has "rules:"'),
    ("a quoted text alone", "", '"rules: x"\n', '1:1: this is no rule file, which has "rules:"'),
    ("a document's start alone", "", "---\n", '1:1: this is no rule file, which has "rules:"'),
    ("a document's end alone", "", "...\n", '1:1: this is no rule file, which has "rules:"'),
    ("a null alone", "", "~\n", '1:1: this is no rule file, which has "rules:"'),
    ("an empty list alone", "", "[]\n",
     "1:1: the file must be keys with values: version and rules"),
    ("empty keys alone", "", "{}\n", '1:1: the file has no "rules"',
     '1:1: the file has no "version"'),
    ("a tab alone", "", "\t\n", "1:1: a tab indents this line"),
    ("a directive alone", "", "%YAML 1.1\n---\n", '1:1: this is no rule file, which has "rules:"'),
    ("a literal block alone", "", "|\n  rules: x\n",
     '1:1: this is no rule file, which has "rules:"'),
    ("an open bracket and no rules", "", "version: 1\nskip: [a\n",
     '1:1: this is no rule file, which has "rules:"'),
    # Of the whole file, and of its keys.
    ("a second document of nothing", "", f"{BLOCK}...\n---\n",
     "14:1: a second document starts here"),
    ("a first document of nothing", "", f"---\n---\n{BLOCK}", "2:1: a second document starts here"),
    ("keys on the line of a document's start", "", f"--- {BLOCK}",
     '1:12: a ": " is out of place'),
    ("a directive without a document's start", "", f"%YAML 1.1\n{BLOCK}",
     "2:1: what is above is no part of the rules"),
    ("a directive last", "", f"{BLOCK}%YAML 1.1\n",
     "13:9: the file ends here, in the middle of something"),
    ("a tag of the file", "", f"--- !!map\n{BLOCK}", "1:5: no plain text can start with &, * or !"),
    ("an anchor of the file", "", f"--- &a\n{BLOCK}",
     "1:5: no plain text can start with &, * or !"),
    ("a second byte order mark", "", f"\ufeff{BLOCK}",
     "1:1: the character U+FEFF cannot stand in a rule file"),
    ("a byte order mark inside", "tea, mug", "tea, \ufeffmug",
     "6:16: the character U+FEFF cannot stand in a rule file"),
    ("a next-line character", "so.", "s\x85o.",
     "5:17: the character U+0085 cannot stand in a rule file"),
    ("a delete character", "mug]", "\x7fmug]",
     "6:16: the character U+007F cannot stand in a rule file"),
    ("a carriage return alone", "so.", "s\ro.",
     "5:17: the character U+000D cannot stand in a rule file"),
    ("a line of a tab", "    weight: 2", "\t\n    weight: 2", "7:1: a tab indents this line"),
    ("a tab before a comment", "    weight: 2", "    \t# So.\n    weight: 2",
     "7:5: a tab indents this line"),
    ("a key of over 1,024 characters", "    weight: 2", f"    {'w' * 1_025}: 2",
     "7:5: this is neither an entry nor a key"),
    ("a key of 1,000 characters", "    weight: 2", f"    {'w' * 1_000}: 2",
     f'7:5: unknown key "{"w" * 1_000}"'),
    ("a key that says so, of 2,000 characters", "    weight: 2", f"    ? {'w' * 2_000}\n    : 2",
     f'7:7: unknown key "{"w" * 2_000}"'),
    ("a key on two lines", "    weight: 2", '    "wei\n    ght": 2',
     "7:5: this is neither an entry nor a key"),
    ("no key before a colon", "    weight: 2", "    : 2", "7:5: this is no key"),
    ("an empty key", "    weight: 2", "    '': 2", '7:5: unknown key ""'),
    ("keys as a key that says so", "    weight: 2", "    ? {a: b}\n    : 2",
     "7:7: a key must be a word"),
    ("keys as a key", "    weight: 2", "    {a: b}: 2", "7:5: a key must be a word"),
    ("a list in flow as a key", "    weight: 2", "    [weight]: 2", "7:5: a key must be a word"),
    ("a null as a key", "    weight: 2", "    ~: 2", '7:5: unknown key "~"'),
    ("a number as a key", "    weight: 2", "    7: 2", '7:5: unknown key "7"'),
    ("a no as a key", "    weight: 2", "    no: 2", '7:5: unknown key "no"'),
    ("a key without a value that says so", "    weight: 2", "    ? weight",
     '8:5: "weight" must be a plain whole number'),
    ("a key in wide letters", "weight: 2", "weight：2", "7:5: this is neither an entry nor a key"),
    ("a key that is an emoji", "    weight: 2", "    🍵: 2", '7:5: unknown key "🍵"'),
    ("an emoji before a fault", "[tea, mug]", "[🍵 a, no]",
     "6:16: an entry of \"any\" is read by YAML as true or false (quote it: 'no')"),
    ("letters of two characters before a fault", "[tea, mug]", "[e\u0301e\u0301, no]",
     "6:17: an entry of \"any\" is read by YAML as true or false (quote it: 'no')"),
    ("dashes that are none", " [tea, mug]", "\n      – tea\n      – mug",
     '7:7: "any" must be a list'),
    ("a key twice in flow", "    examples:\n      match: [Tea.]\n      miss: [Not.]\n",
     "    examples: {match: [Tea.], match: [Mug.], miss: [Not.]}\n",
     '10:31: the key "match" is there twice'),
    ("a key three times", "    weight: 2", "    weight: 2\n    weight: 3\n    weight: 4",
     '8:5: the key "weight" is there twice', '9:5: the key "weight" is there twice'),
    ("a key twice, once in quotes", "    weight: 2", '    weight: 2\n    "weight": 3',
     '8:5: the key "weight" is there twice'),
    ("a list twice", "", f"lists:\n  a: [tea]\n  a: [mug]\n{BLOCK}",
     '3:3: the key "a" is there twice'),
    ("a merge key in quotes", "    weight: 2", "    '<<': {weight: 2}",
     '7:5: "<<" is not read here'),
    ("a merge of several", "    weight: 2", "    <<: [{weight: 2}]", '7:5: "<<" is not read here'),
    ("a merge of an alias", "    weight: 2", "    <<: *a",
     "7:9: no plain text can start with &, * or !"),
    ("an anchor on a key", "    weight: 2", "    &a weight: 2",
     "7:5: no plain text can start with &, * or !"),
    ("an alias for a key", "    weight: 2", "    *a : 2",
     "7:5: no plain text can start with &, * or !"),
    ("a tag of a key", "    weight: 2", "    !!str weight: 2",
     "7:5: no plain text can start with &, * or !"),
    ("a rule of nothing", "rules:\n", "rules:\n  -\n",
     "3:4: the rule must be keys with values: id, tag, why, any and examples"),
    ("a second rule that is askew", "",
     BLOCK + BLOCK.partition("rules:\n")[2].replace("  -", "   -"),
     "13:4: this is no entry"),
    ("a list named no", "", f"lists:\n  no: [tea]\n{BLOCK}",
     "2:3: the list's name is read by YAML as true or false (quote it: 'no')"),
    ("a list named by a number", "", f"lists:\n  1: [tea]\n{BLOCK}",
     "2:3: the list's name is read by YAML as a number (quote it: '1')"),
    ("a list named by nothing", "", f"lists:\n  ~: [tea]\n{BLOCK}",
     "2:3: the list's name is empty"),
    ("a text for the lists", "", f"lists: tea\n{BLOCK}",
     '1:8: "lists" must be keys with values: a name and its entries each'),
    ("a list for the lists", "", f"lists: [tea]\n{BLOCK}",
     '1:8: "lists" must be keys with values: a name and its entries each'),
    ("a list of nothing", "", f"lists:\n  hot:\n{BLOCK}", '2:7: the list "<hot>" must be a list'),
]
# fmt: on
each = pytest.mark.parametrize


def whole(row: FaultRow) -> str:
    """The file that a row of faults is about."""
    return edited((row[1], row[2])) if row[1] else row[2]


def as_yaml_has_it(text: str) -> lc.RuleSet:
    """The rule set of a text, of which PyYAML's safe loader has the same data."""
    rules = lc.parse_rules(text, "r.yaml")
    data = yaml.load(text, yaml.CSafeLoader)
    assert data["version"] == 1
    for rule, fields in zip(rules.rules, data["rules"], strict=True):
        assert (rule.id, rule.tag, rule.why) == (fields["id"], fields["tag"], fields["why"])
        assert [*rule.any] == fields["any"]
        assert [*rule.unless] == fields["unless"]
        assert (rule.weight, rule.where) == (fields["weight"], fields["where"])
        assert [*rule.match] == fields["examples"]["match"]
        assert [*rule.miss] == fields["examples"]["miss"]
    return rules


@each("row", WHYS, ids=lambda row: row[0])
def test_a_text_of_each_shape_is_what_yaml_makes_of_it(row: WhyRow) -> None:
    _, written, meant = row
    (rule,) = as_yaml_has_it(edited((" It is so.", written))).rules
    (usual,) = lc.parse_rules(BLOCK).rules
    assert rule.why == meant
    assert rule._replace(why=usual.why) == usual


@each("row", ENTRIES, ids=lambda row: row[0])
def test_a_list_of_each_shape_has_the_entries_that_are_meant(row: EntriesRow) -> None:
    _, written, *meant = row
    (rule,) = as_yaml_has_it(edited((" [tea, mug]", written))).rules
    (usual,) = lc.parse_rules(BLOCK).rules
    assert [*rule.any] == meant
    assert rule._replace(any=usual.any) == usual


@each("text", FILES.values(), ids=FILES)
def test_a_file_of_each_shape_is_the_rule_set_that_is_meant(text: str) -> None:
    assert as_yaml_has_it(text).rules == lc.parse_rules(BLOCK).rules


@each("row", FAULTS, ids=lambda row: row[0])
def test_what_no_rule_file_can_be_is_told_at_its_place(row: FaultRow) -> None:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(whole(row), "r.yaml")
    faults = caught.value.faults
    for fault, promised in zip(faults, row[3:], strict=True):
        place, _, part = promised.partition(": ")
        assert str(fault).startswith(f"r.yaml:{place}: ")
        assert part in fault.message


@each("mark", [b"\xef\xbb\xbf", b""], ids=["with a BOM", "without"])
@each("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_no_byte_order_mark_and_no_kind_of_line_end_moves_a_place(mark: bytes, end: bytes) -> None:
    for text in (BLOCK, edited((" It is so.", " |-\n      It\n      is so."))):
        read = lc.decode(mark + end.join(text.encode().split(b"\n")), "r.yaml")
        assert as_yaml_has_it(read) == lc.parse_rules(text, "r.yaml")
    faulty = edited(("mug]", "no]"), ("[iced]", "[~]")).encode()
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(lc.decode(mark + end.join(faulty.split(b"\n")), "r.yaml"), "r.yaml")
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [(6, 16), (9, 14)]
