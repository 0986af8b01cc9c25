"""How long it takes, in ratios: this program, its plain oracle and each peer that is installed.

    python tests/benchmarks/compare.py          all but the largest texts, in a few minutes
    python tests/benchmarks/compare.py --full   and 100 MB, and 10,000 texts

Whatever is compared runs in turns, so that a machine that slows down slows all of it; the median of
the turns is shown. Whole processes are those of the program as it is installed. The corpus is the
fourteen op-eds of tests/corpus, as often as it takes. Peers find the phrases of the shipped rules,
written out, which is less than a reading.
"""

import argparse
import json
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

import lankov_claims as lc

OP_EDS = [path.read_text(encoding="utf-8") for path in sorted((TESTS / "corpus").glob("*.txt"))]
RULES = lc.load_rules()
OURS = [sys.executable, "-c", "import lankov_claims, sys; sys.exit(lankov_claims.main())"]


def phrases() -> list[str]:
    """The phrases of the shipped rules, with their lists written out."""
    forms = lc.write_out_lists(RULES.lists)
    found: dict[str, None] = {}
    for rule in (*RULES.rules, *RULES.keys):
        for form in lc.write_out_all((*rule.any, *rule.unless), forms):
            if not form.startswith("/"):
                found[lc.split_anchors(form)[1]] = None
    return list(found)


# ----------------------------------------------------------------------------------- in one process


def whole_reading() -> Callable[[str], object]:
    return lambda text: lc.build_outline(text, RULES)


def matching_alone() -> Callable[[str], object]:
    matcher = lc.make_matcher(RULES)
    return lambda text: [lc.find_matches(block, matcher) for block in lc.find_blocks(text)]


def oracle() -> Callable[[str], object]:
    """Every pattern on every sentence."""
    from test_tagging import naive_matches, patterns

    lists: dict[str, Sequence[str]] = {str(name): entries for name, entries in RULES.lists}
    entries: list[str] = []
    for rule in (*RULES.rules, *RULES.keys):
        entries += (*rule.any, *rule.unless)
    every = patterns(entries, lists)

    def read(text: str) -> object:
        found = []
        for block in lc.find_blocks(text):
            for sentence in block.sentences:
                found += [next(naive_matches(one, sentence.form), None) for one in every]
        return found

    return read


def spacy_phrase_matcher() -> Callable[[str], object]:
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("phrases", list(nlp.tokenizer.pipe(phrases())))
    return lambda text: matcher(nlp.make_doc(text))


def re2_set() -> Callable[[str], object]:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 1 << 30
    known = re2.Set(re2._Anchor.UNANCHORED, options)
    for phrase in phrases():
        known.Add(rf"\b{re.escape(phrase)}\b")
    known.Compile()
    return lambda text: [known.Match(line) for line in text.splitlines()]


CONTESTANTS = {
    "a whole reading": whole_reading,
    "paragraphs, sentences and matching": matching_alone,
    "oracle: every pattern on every sentence": oracle,
    "spaCy PhraseMatcher (phrases alone)": spacy_phrase_matcher,
    "google-re2 Set (phrases alone)": re2_set,
}


def in_process(turns: int) -> Iterator[tuple[str, str, str]]:
    """Megabytes a second of one core, and how many times as long as a whole reading."""
    ready = {}
    for name, make in CONTESTANTS.items():
        try:
            ready[name] = make()
        except ImportError as error:
            print(f"({name} is left out: {error.name} is not installed)", file=sys.stderr)
    seconds: dict[str, list[float]] = {name: [] for name in ready}
    for turn in range(turns + 1):
        for name, read in ready.items():
            start = time.process_time()
            for text in OP_EDS:
                read(text)
            if turn:  # the first one only warms up
                seconds[name].append(time.process_time() - start)
    size = sum(len(text.encode()) for text in OP_EDS) / 1e6
    ours = seconds["a whole reading"]
    for name, times in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(times, ours, strict=True))
        yield name, f"{size / statistics.median(times):.3g}", f"{ratio:.2f}"


# ---------------------------------------------------------------------------------- whole processes


def install(cwd: Path) -> None:
    """Install the program into a folder, from which ``run`` runs it."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--target", str(cwd / "installed"), str(TESTS.parent)]
    subprocess.run(command, check=True)


def run(command: list[str], cwd: Path) -> tuple[float, float, float]:
    """The processor's seconds, the clock's, and the most memory in megabytes, of a command; that
    is never less than what this process takes.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd / "installed")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.perf_counter() - start
    return usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss / 1024


def in_turns(
    commands: dict[str, list[str]], yardstick: str, turns: int, cwd: Path
) -> Iterator[tuple[str, str, str]]:
    """Milliseconds of each command, and its ratio to one of them."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(turns + 1):
        for name, command in commands.items():
            cpu, _, _ = run(command, cwd)
            if turn:
                seconds[name].append(cpu)
    for name, times in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(times, seconds[yardstick], strict=True))
        yield name, f"{1000 * statistics.median(times):,.0f}", f"{ratio:.2f}"


def starts(turns: int, cwd: Path) -> Iterator[tuple[str, str, str]]:
    """What starting costs, held against what importing the packages costs that it needs."""
    edited = RULES.text.replace("weight: 10", "weight: 9", 1)
    (cwd / "my.yaml").write_text(edited, encoding="utf-8")
    commands = {
        "importing typer and yaml": [sys.executable, "-c", "import typer, yaml"],
        "and what of rich a terminal needs": [
            sys.executable,
            "-c",
            "import typer, yaml, rich.console, rich.text",
        ],
        "`--version`": [*OURS, "--version"],
        "`outline`": [*OURS, "outline"],
        "`outline` as on a terminal": [*OURS, "outline", "--format=tree", "--color=always"],
        "`outline --rules my.yaml`": [*OURS, "outline", "--rules", "my.yaml"],
        "`diff my.yaml`": [*OURS, "diff", "my.yaml"],
        "`check`": [*OURS, "check"],
    }
    yield from in_turns(commands, "importing typer and yaml", turns, cwd)


def peers(turns: int, cwd: Path) -> Iterator[tuple[str, str, str]]:
    """Other programs that look for phrases in prose, on the fourteen op-eds as files."""
    names = write_texts(cwd, len(OP_EDS))
    (cwd / "phrases.list").write_text("\n".join(phrases()), encoding="utf-8")
    commands = {"`lankov-claims outline`": [*OURS, "outline", *names, "--jobs", "1"]}
    others = {
        "rg": ["-iwoF", "-f", "phrases.list", *names],
        "proselint": ["check", *names],
        "write-good": names,
        "textlint": ["--rule", "terminology", *names],
    }
    for name, arguments in others.items():
        if path := shutil.which(name):
            commands[name] = [path, *arguments]
        else:
            print(f"({name} is left out: it is not installed)", file=sys.stderr)
    yield from in_turns(commands, "`lankov-claims outline`", turns, cwd)


# ------------------------------------------------------------------------------------ how it grows


def write_texts(cwd: Path, count: int) -> list[str]:
    """So many op-eds as files."""
    names = []
    for number in range(count):
        name = f"{number:05}.txt"
        (cwd / name).write_text(OP_EDS[number % len(OP_EDS)], encoding="utf-8")
        names.append(name)
    return names


def sizes(cwd: Path, megabytes: list[int]) -> Iterator[tuple[str, str, str, str]]:
    """One text of so many megabytes: seconds and memory for each."""
    for size in megabytes:
        text = "\n\n".join(OP_EDS)
        times = size * 1_000_000 // len(text.encode())
        (cwd / "large.txt").write_text("\n\n".join([text] * max(times, 1)), encoding="utf-8")
        actual = (cwd / "large.txt").stat().st_size / 1e6
        cpu, _, memory = run([*OURS, "outline", "large.txt"], cwd)
        yield f"{size} MB", f"{cpu:.1f}", f"{cpu / actual:.2f}", f"{memory / actual:.0f}"


def numbers(cwd: Path, counts: list[int]) -> Iterator[tuple[str, str, str, str]]:
    """So many texts: seconds by the clock with one process and as many as pay, and memory."""
    for count in counts:
        write_texts(cwd, count)
        pattern = [*OURS, "outline", "[0-9]*.txt", "--format", "jsonl"]
        _, alone, memory = run([*pattern, "--jobs", "1"], cwd)
        _, together, _ = run(pattern, cwd)
        yield f"{count:,} texts", f"{alone:.1f}", f"{together:.1f}", f"{memory:.0f}"


def rule_counts(counts: list[int]) -> Iterator[tuple[str, str, str]]:
    """Made-up rule sets of eight phrases a rule, half of which stand in the corpus."""
    chance = random.Random(1)
    words = re.findall(r"[a-z]+", " ".join(OP_EDS).lower())
    base = 0.0
    for count in counts:
        rules = []
        for number in range(count):
            entries = []
            for _ in range(4):
                at = chance.randrange(len(words) - 3)
                entries += [" ".join(words[at : at + 3]), " ".join(chance.sample(words, 3))]
            examples = {"match": entries[:1], "miss": ["Tea."]}
            rule = {"id": f"r{number}", "tag": "claim", "why": "It is so.", "any": entries}
            rules.append({**rule, "examples": examples})
        made = lc.parse_rules(json.dumps({"version": 1, "rules": rules}))
        lc.build_outline(OP_EDS[0], made)
        times = []
        for _ in range(5):
            start = time.process_time()
            for text in OP_EDS:
                lc.build_outline(text, made)
            times.append(time.process_time() - start)
        base = base or statistics.median(times)
        size = sum(len(text.encode()) for text in OP_EDS) / 1e6
        speed = f"{size / statistics.median(times):.2f}"
        yield f"{count:,} rules", speed, f"{statistics.median(times) / base:.2f}"


def table(head: str, rows: Iterator[tuple[str, ...]]) -> None:
    """Print a Markdown table as its rows come."""
    columns = head.split(" | ")
    print(f"\n| {head} |\n|{' --- |' * len(columns)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure this program beside its peers.")
    parser.add_argument("--full", action="store_true", help="100 MB and 10,000 texts too")
    parser.add_argument("--turns", type=int, default=9, help="how often each command runs")
    asked = parser.parse_args()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {platform.machine()}, {os.cpu_count()} processors, {asked.turns} turns")
    with tempfile.TemporaryDirectory() as folder:
        cwd = Path(folder)
        install(cwd)
        table("start | ms | ratio", starts(asked.turns, cwd))
        table("fourteen op-eds | ms | ratio", peers(3, cwd))
        table("one text | s | s/MB | MB/MB", sizes(cwd, [1, 10, 100] if asked.full else [1, 10]))
        counts = [1, 100, 10_000] if asked.full else [1, 100, 1_000]
        table("texts | s, one process | s, as many as pay | MB", numbers(cwd, counts))
        table("rules | MB/s | time, in that of 70", rule_counts([70, 280, 1_120]))
        table("one core | MB/s | time, in readings", in_process(3))


if __name__ == "__main__":
    main()
