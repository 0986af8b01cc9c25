"""Rule files from strangers: whatever stands in them, there is an answer or a clear line, soon."""

import copy
import json
import pickle
import re
import signal
import subprocess
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import COMMAND, TIMEOUT, Run, environment, rule, rule_set, skip_rule
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

# Expressions that take endless time, with an example that they match and a text on which they do.
ENDLESS = {
    "a repeat in a repeat": ("/(a+)+$/", "aaa", "a" * 50 + "!"),
    "words in a repeat": (r"/(\w+\s?)*!!!/", "Hey!!!", "word " * 30),
    "alternatives that overlap": ("/(a|b|ab)*c/", "abc", "ab" * 60 + "d"),
    "many repeats in a row": ("/(.*,){9}x/", "," * 9 + "x", "," * 300 + "d"),
    "what may be missing, often": ("/" + "a?" * 40 + "a" * 40 + "/", "a" * 80, "a" * 40),
    "one that also takes memory": ("/(?:(?:(?:(?:a?){999}){999}){999}){999}b/", "b", "milk " * 9),
}
SECONDS = 2.0


@pytest.mark.timed
@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("where", ["any", "unless", "list", "skip"])
def test_an_endless_search_ends_soon_and_is_named(
    run: Run, tmp_path: Path, name: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (name, where) != ("a repeat in a repeat", "any"):  # a tenth of the time shows it as well
        monkeypatch.setattr(lc, "MOST_SECONDS", 0.1)
    expression, example, text = ENDLESS[name]
    sound = rule("tea", ["a", "word", "x"], examples={"match": ["a"], "miss": ["No."]})
    examples = {"match": [example], "miss": ["No."]}
    content = {
        "any": rule_set(rule("slow", [expression], examples=examples)),
        "unless": rule_set(
            rule(
                "slow", ["a", "/./"], unless=[expression], examples={"match": ["?"], "miss": ["?"]}
            )
        ),
        "list": rule_set(
            rule("slow", ["<bad>"], examples=examples), lists={"bad": [expression, "milk"]}
        ),
        "skip": rule_set(sound, skip=[skip_rule("slow", [expression], examples=examples)]),
    }[where]
    (tmp_path / "rules.yaml").write_text(content, encoding="utf-8")
    (tmp_path / "text.txt").write_text(f"\n\n{text}\n", encoding="utf-8")
    start = time.process_time()
    result = run("outline", "text.txt", "--rules", "rules.yaml")
    assert time.process_time() - start < SECONDS
    assert (result.code, result.out, result.err.count(b"\n")) == (2, b"", 1)
    entry = "<bad>" if where == "list" else expression
    told = result.err.decode()
    assert re.match(r"rules\.yaml:\d+:\d+: rule \"slow\": ", told)
    assert f'{entry} takes over {lc.MOST_SECONDS} s on line 3, "' in told
    line, column = map(int, told.split(":")[1:3])
    assert content.splitlines()[line - 1][column - 1 :].startswith(json.dumps(entry))


@pytest.mark.slow
def test_an_endless_search_ends_in_another_process_too(run: Run, tmp_path: Path) -> None:
    expression, example, text = ENDLESS["a repeat in a repeat"]
    examples = {"match": [example], "miss": ["No."]}
    content = rule_set(rule("slow", [expression], examples=examples))
    (tmp_path / "rules.yaml").write_text(content, encoding="utf-8")
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    args = ("outline", "one.txt", "two.txt", "--rules", "rules.yaml", "--jobs", "2")
    result = run(*args, process=True)
    assert (result.code, result.out) == (2, b"")
    assert b'rule "slow": /(a+)+$/ takes over 1 s' in result.err


@pytest.mark.parametrize("where", ["rules", "skip"])
def test_a_slow_search_takes_no_other_text_along(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(lc, "MOST_SECONDS", 0.1)
    expression, example, text = ENDLESS["a repeat in a repeat"]
    examples = {"match": [example], "miss": ["No."]}
    slow = {
        "rules": rule_set(rule("slow", [expression], examples=examples)),
        "skip": rule_set(rule(), skip=[skip_rule("slow", [expression], examples=examples)]),
    }
    (tmp_path / "rules.yaml").write_text(slow[where], encoding="utf-8")
    for name in ("one.txt", "three.txt"):
        (tmp_path / name).write_text("We must act.", encoding="utf-8")
    (tmp_path / "two.txt").write_text(text, encoding="utf-8")
    args = ("one.txt", "two.txt", "three.txt", "--rules", "rules.yaml", "--format", "jsonl")
    result = run("outline", *args)
    assert (result.code, result.out.count(b"\n"), result.err.count(b"\n")) == (2, 2, 2)


def test_check_goes_on_after_a_slow_example(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lc, "MOST_SECONDS", 0.1)
    slow = rule("slow", ["/(a+)+$/"], examples={"match": ["a" * 50 + "!"], "miss": ["No."]})
    silent = rule("silent", ["tea"], examples={"match": ["Milk."], "miss": ["No."]})
    (tmp_path / "my.yaml").write_text(rule_set(slow, silent), encoding="utf-8")
    result = run("check", "my.yaml")
    assert (result.code, result.err) == (1, b"")
    first, *others = result.out.decode().splitlines()
    assert first.startswith("my.yaml:3:")
    assert "takes over 0.1 s on line 3" in first
    assert any('rule "silent": is silent on this "match" example' in line for line in others)


def test_a_slow_reading_without_a_slow_entry_is_told_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with very many phrases, or where other threads take the time."""

    def overrun(*args: object) -> None:
        raise lc.Overrun

    rules = lc.parse_rules(rule_set(), "r.yaml")
    monkeypatch.setattr(lc, "find_phrases", overrun)
    with pytest.raises(lc.SlowSearch, match=r'r\.yaml:1:1: reading takes over 1 s on line 1, "Tea'):
        lc.build_outline("Tea.", rules)


def test_the_end_of_its_time_may_come_at_the_very_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing is searched for any more, and the timer is about to be stopped."""

    def timer(seconds: float) -> None:
        if not seconds:
            raise lc.Overrun

    rules = lc.parse_rules(rule_set(), "r.yaml")
    monkeypatch.setattr(lc, "search_timer", lambda: timer)
    with pytest.raises(lc.SlowSearch):
        lc.build_outline("Tea.", rules)


def test_the_timer_is_off_when_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lc, "MOST_SECONDS", 0.1)
    lc.build_outline("We must act.", lc.parse_rules(rule_set(rule(any=["/m.st/"]))))
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass  # a timer that is left on would end this


def test_where_there_is_no_timer_a_search_goes_on() -> None:
    timers: list[object] = []
    thread = threading.Thread(target=lambda: timers.append(lc.search_timer()))
    thread.start()
    thread.join()
    assert timers != [lc.search_timer()]


def test_the_first_endless_search_on_no_text_at_all_ends_the_reading_of_a_file() -> None:
    entries = [f"/(?:||){{{count}}}(?!)/" for count in range(40, 60)]
    start = time.process_time()
    with pytest.raises(lc.RuleFileError, match="takes very long on an empty text") as caught:
        lc.parse_rules(rule_set(rule(any=["tea", *entries])), "r.yaml")
    assert time.process_time() - start < 1
    assert [str(fault)[:9] for fault in caught.value.faults] == ["r.yaml:3:"]


@pytest.mark.timed
@pytest.mark.slow
def test_thousands_of_sound_expressions_are_not_stopped() -> None:
    entries = [f"/\\b(word|term){number}a? (is|was) (good|bad)\\b/" for number in range(5_000)]
    examples = {"match": ["word7a is good"], "miss": ["No."]}
    rules = lc.parse_rules(rule_set(rule(any=entries, examples=examples)))
    text = " ".join(["term4999 was bad, and so it is,"] * 30)
    outline = lc.build_outline(f"{text}\n\n{text}", rules)
    assert [len(one.cues) for one in outline.paragraphs] == [1, 1]


def test_a_timer_is_there_though_its_signal_was_ignored(tmp_path: Path) -> None:
    """As a shell may hand it on."""
    expression, example, text = ENDLESS["a repeat in a repeat"]
    examples = {"match": [example], "miss": ["No."]}
    content = rule_set(rule("slow", [expression], examples=examples))
    (tmp_path / "rules.yaml").write_text(content, encoding="utf-8")
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, "outline", "text.txt", "--rules", "rules.yaml"],
        cwd=tmp_path,
        env=environment(),
        preexec_fn=lambda: signal.signal(signal.SIGPROF, signal.SIG_IGN),
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert (done.returncode, b"takes over 1 s" in done.stderr) == (2, True)


def test_a_profiler_keeps_its_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    lc._timer_of_thread.cache_clear()
    before = signal.signal(signal.SIGPROF, lambda number, frame: None)
    try:
        assert lc.search_timer() is lc._no_timer
    finally:
        signal.signal(signal.SIGPROF, before)
        lc._timer_of_thread.cache_clear()


def test_where_no_signal_may_be_set_there_is_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the main thread of what is not the main interpreter."""

    def refuse(*_: object) -> None:
        raise ValueError

    lc._timer_of_thread.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(signal, "signal", refuse)
        assert lc.search_timer() is lc._no_timer
    lc._timer_of_thread.cache_clear()


def test_a_system_without_timers_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    lc._timer_of_thread.cache_clear()
    monkeypatch.delattr(signal, "setitimer")
    try:
        assert lc.search_timer() is lc._no_timer
    finally:
        lc._timer_of_thread.cache_clear()


# ------------------------------------------------------------------------------- what Python doubts


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("/[[a]b]/", "["),
        ("/[a--b]/", "--"),
        ("/[a&&b]/", "&&"),
        ("/[a~~b]/", "~~"),
        ("/[a||b]/", "||"),
        (r"/\[[[a]/", "["),
        ("/[^a--b]/", "--"),
        ("/tea(?i)/", "(?i)"),
        ("/(?i)tea(?s)/", "(?s)"),
    ],
)
def test_what_later_versions_read_otherwise_is_a_fault(expression: str, part: str) -> None:
    with pytest.raises(lc.RuleFileError, match="depends on the version of Python") as caught:
        lc.parse_rules(rule_set(rule(any=[expression])))
    assert f'what "{part}" means' in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        *("/[^[]a/", r"/[\[a]/", "/(?i)tea/", "/(?i)(?s)tea/", r"/a--b|\[a\[/", "/[a|b]/"),
        *("/[--.]x/", "/[&&a]x/", "/[~~]x/"),
    ],
)
def test_what_all_versions_read_alike_is_none(expression: str) -> None:
    assert lc.parse_rules(rule_set(rule(any=[expression])))


@given(st.text("[]^-&~|ab\\.*+?(){}, i", max_size=12))
def test_no_expression_makes_python_warn(source: str) -> None:
    """Warnings are errors here; whoever uses the library is spared them too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(lc.RuleFileError):
            lc.parse_rules(rule_set(rule(any=[f"/{source}/"])))


# --------------------------------------------------------------------- threads, pickles and copies


def test_threads_that_read_rules_leave_the_filters_of_warnings_alone() -> None:
    content = rule_set(*(rule(f"r{number}", ["/m.st/"]) for number in range(40)))
    before = list(warnings.filters)
    threads = [threading.Thread(target=lc.parse_rules, args=(content,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before


def test_threads_read_what_one_reads(op_ed: str, shipped_rules: lc.RuleSet) -> None:
    alone = lc.to_json(lc.build_outline(op_ed, shipped_rules))
    read: list[str] = []

    def read_one() -> None:
        read.append(lc.to_json(lc.build_outline(op_ed, shipped_rules)))

    threads = [threading.Thread(target=read_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [alone] * 8


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_and_copies_are_what_they_were(
    op_ed: str, shipped_rules: lc.RuleSet, protocol: int
) -> None:
    outline = lc.build_outline(op_ed, shipped_rules)
    again = pickle.loads(pickle.dumps(outline, protocol))
    assert again == copy.deepcopy(outline) == outline
    places = [rule.id.place for rule in again.rules.rules]
    assert places == [rule.id.place for rule in shipped_rules.rules]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_faults_of_a_rule_file_reach_another_process(protocol: int) -> None:
    with pytest.raises(lc.RuleFileError) as caught:
        lc.parse_rules(rule_set(rule(weight=-1), rule("b", tag="tea")), "r.yaml")
    again = pickle.loads(pickle.dumps(caught.value, protocol))
    assert (str(again), again.faults) == (str(caught.value), caught.value.faults)
    assert len(again.faults) == 2


def test_no_cache_grows_with_what_is_read() -> None:
    """Ten thousand expressions are read, and few of them are kept."""
    for number in range(10):
        entries = [f"/x{number}y{at}/" for at in range(1_000)]
        rules = lc.parse_rules(rule_set(rule(any=entries)))
        lc.build_outline("We must act.", rules)
    for cache in (lc.compile_form, lc.make_matcher):
        info = cache.cache_info()
        assert info.maxsize is not None
        assert info.currsize <= info.maxsize <= 16_384


# ------------------------------------------------------------------------------------ what is left


def test_a_side_of_a_diff_that_is_too_large_a_rule_file_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_text(rule_set() + "#" * lc.MAX_RULE_FILE, encoding="utf-8")
    result = run("diff", "big.yaml")
    assert (result.code, result.out) == (2, b"")
    assert result.err == b"big.yaml: over 1 MB (give a smaller rule file)\n"


def test_a_skip_rule_has_no_report_as_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(rule_set(skip=[skip_rule()]), encoding="utf-8")
    result = run("rules", "banner", "--rules", "my.yaml", "--format", "json")
    assert (result.code, result.out) == (2, b"")
    assert result.err.startswith(b"banner: JSON tells what rules for tags do")


def test_a_silent_example_is_told_with_what_fires_and_not_with_what_is_silenced(
    run: Run, tmp_path: Path
) -> None:
    other = rule("other", ["milk"], unless=["cold"])
    third = rule("third", ["sugar"])
    silent = rule("silent", examples={"match": ["Cold milk, sugar."], "miss": ["No."]})
    (tmp_path / "my.yaml").write_text(rule_set(other, third, silent), encoding="utf-8")
    result = run("check", "my.yaml")
    assert b"(what fires here: third; widen" in result.out
    assert result.code == 1
