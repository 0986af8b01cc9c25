"""Look for bytes that break a promise: ``python tests/fuzz/run.py --seconds 20 [TARGET]…``.

Each target is tried for so long by atheris, which must be there (``pip install '.[fuzz]'``) and is
led by what the bytes reach in the program. The smallest bytes that break a promise are kept in
``corpus/TARGET/``, where the tests run them from then on, and the exit code is 1.
"""

import argparse
import hashlib
import importlib.util
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[level]) for level in (1, 2)]
SMALLEST = 20  # seconds in which a failing input is made smaller
SLOWEST = 20  # seconds that no input may take
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    2,
    201,
    1.5,
    10**9,
    "",
    "a",
    "\x1b[31m",
    "\u202e",
    "\ud800",
    [],
    {},
)


def main() -> int:
    """Try each target for its time; 1 where one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="rules, text or outline")
    parser.add_argument("--seconds", type=int, default=20, help="how long to try each target")
    parser.add_argument("--seed", type=int, help="what chance begins with (printed)")
    parser.add_argument("--inside", metavar="FOLDER", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not importlib.util.find_spec("atheris"):
        parser.error("atheris is not there (pip install --editable '.[fuzz]')")
    seed = args.seed or random.randrange(1, 2**31)
    if args.inside:
        fuzz(args.targets[0], args.seconds, seed, Path(args.inside))
    import fuzz_targets

    names = args.targets or list(fuzz_targets.TARGETS)
    for name in names:
        if name not in fuzz_targets.TARGETS:
            parser.error(f"no target {name} (choose {', '.join(fuzz_targets.TARGETS)})")
    faults = [name for name in names if not hold(name, args.seconds, seed)]
    return 1 if faults else 0


def hold(name: str, seconds: int, seed: int) -> bool:
    """Try a target in a process of its own, and say how it went; false where it fails."""
    import fuzz_targets

    target = fuzz_targets.TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        begin = Path(folder, "begin")
        begin.mkdir()
        known = [path.read_bytes() for path in sorted((fuzz_targets.CORPUS / name).glob("*"))]
        for number, data in enumerate((*target.seeds(), *known)):
            (begin / f"{number:04}").write_bytes(data)
        tokens = "".join(f"{quoted(token)}\n" for token in target.tokens if token)
        Path(folder, "tokens").write_text(tokens, encoding="ascii")
        command = [sys.executable, __file__, name, "--seconds", str(seconds)]
        start = time.monotonic()
        done = subprocess.run(
            [*command, "--seed", str(seed), "--inside", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        told = done.stdout.decode("utf-8", "replace")
        took = time.monotonic() - start
        failing = {path.name: path.read_bytes() for path in Path(folder, "faults").glob("*")}
    count = re.findall(r"^(?:stat::number_of_executed_units: |#)(\d+)", told, re.MULTILINE)
    tried = int(count[-1]) if count else 0
    ended = "a promise is broken" if done.returncode else "all promises hold"
    rate = f"{tried:,} executions in {took:.0f} s, {tried / took:.0f} a second"
    print(f"{name}: {rate}, seed {seed}: {ended}", flush=True)
    if done.returncode and not failing:
        print(told[-2_000:])
    for kind, data in failing.items():
        keep(target.check, data, fuzz_targets.CORPUS / name, is_slow=not kind.startswith("crash"))
    return done.returncode == 0


def quoted(token: str) -> str:
    """A token as a dictionary of libFuzzer has it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in token.encode()) + '"'


def fuzz(name: str, seconds: int, seed: int, folder: Path) -> None:
    """Try a target until the time is over or it fails, and end this process."""
    import atheris

    with atheris.instrument_imports(include=["lankov_claims"]):
        import fuzz_targets
    target = fuzz_targets.TARGETS[name]
    (folder / "faults").mkdir()
    (folder / "found").mkdir()
    flags = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-max_len={target.longest}",
        f"-timeout={SLOWEST}",
        f"-report_slow_units={SLOWEST}",
        f"-dict={folder / 'tokens'}",
        f"-artifact_prefix={folder / 'faults'}/",
        "-print_final_stats=1",
    ]

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        """One value of JSON more often than bytes, which seldom leave any JSON."""
        chance = random.Random(number)
        if chance.random() < 0.8:
            return changed(data, chance)[:longest]
        return bytes(atheris.Mutate(data, len(data)))

    folders = [str(folder / "found"), str(folder / "begin")]
    more = {"custom_mutator": mutate} if name == "outline" else {}
    atheris.Setup([sys.argv[0], *flags, *folders], target.check, **more)
    atheris.Fuzz()


def changed(data: bytes, chance: random.Random) -> bytes:
    """JSON with one of its values replaced, left out, or there twice; other bytes as they are."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data
    places = [(value, key) for key in keys(value)]
    for owner, key in places:
        places += [(owner[key], inner) for inner in keys(owner[key])]
    if places:
        owner, key = chance.choice(places)
        change(owner, key, chance)
    return json.dumps(value).encode()


def keys(value: Any) -> list[Any]:
    """By what the values inside a value are found."""
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


def change(owner: Any, key: Any, chance: random.Random) -> None:
    """Change one value in place."""
    value = owner[key]
    if type(value) is int and chance.random() < 0.6:
        owner[key] = value + chance.choice((-1, 1))
    elif isinstance(value, str) and chance.random() < 0.6:
        at = chance.randrange(len(value) + 1)
        owner[key] = value[:at] + chance.choice(("", "\n\n", ". A", "\x9b", "\u202e")) + value[at:]
    elif chance.random() < 0.2:
        del owner[key]
    elif isinstance(owner, list) and chance.random() < 0.5:
        owner.append(value)
    else:
        owner[key] = chance.choice(VALUES)


def keep(check: Callable[[bytes], None], data: bytes, folder: Path, *, is_slow: bool) -> None:
    """Write the smallest bytes found that fail as these do, and say how; what takes too long is
    kept as it is, since each try at less would take as long.
    """
    small = data if is_slow else smallest(check, data)
    said = f"over {SLOWEST} s or too much memory" if is_slow else how(check, small)
    path = folder / f"fault-{hashlib.sha256(small).hexdigest()[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small)
    print(f"  {said or 'fails no more by itself'}: {small[:200]!r}\n  kept as {path}", flush=True)


def how(check: Callable[[bytes], None], data: bytes) -> str:
    """What a check raises, in one line; empty where it raises nothing."""
    try:
        check(data)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return ""


def smallest(check: Callable[[bytes], None], data: bytes) -> bytes:
    """Bytes out of which no run can be left, for the same failure, as far as there is time."""
    failure = how(check, data)
    end = time.monotonic() + SMALLEST
    size = len(data) // 2
    while failure and size:
        at = 0
        while at < len(data) and time.monotonic() < end:
            shorter = data[:at] + data[at + size :]
            if how(check, shorter) == failure:
                data = shorter
            else:
                at += size
        size //= 2
    return data


if __name__ == "__main__":
    sys.exit(main())
