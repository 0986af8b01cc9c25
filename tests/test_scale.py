"""What is long takes no more than its share of time, and what is many no more memory."""

import string
import time
import tracemalloc
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lankov_claims as lc

LENGTH = 10_000
# A repeated character or word is what makes a regular expression go back and forth. What took
# quadratic time once stands here too.
MARKS = "–—“”‘’…•·→«»£€©\u00a0\u2028é"
WORDS = [
    "told",
    "the idea that",
    "sign up",
    "share",
    "may",
    "1st may",
    "by",
    "Mary Holt",
    "<abolish",
]
SHAPES = [
    *string.printable,
    *MARKS,
    *("[](", "](", "](x", "[x][y]", "![", "`x", "**x ", "__", "\\*", "> ", ">\n"),
    *("\n- ", "\n1. ", "\n    "),
    *(". A", ".” ", "(a) B. ", "At x a.m. Bob ", "Mr. ", "[...] T", "x. \n", "a b: ", "AD ", "A, "),
    *("x ", "X ", "1.", "1,", "-x", "| x ", "--- ", "x: y\n", "#x ", "<abolish told ", "“x” "),
]  # fmt: skip


def seconds(text: str, rules: lc.RuleSet) -> float:
    start = time.process_time()
    lc.build_outline(text, rules)
    return time.process_time() - start


def list_words(rules: lc.RuleSet) -> Iterator[str]:
    """A phrase of each list, of which expressions are made."""
    for forms in lc.write_out_lists(rules.lists).values():
        yield next((form for form in forms if not form.startswith("/")), "x")


def takes_more_than_its_share(text: str, rules: lc.RuleSet) -> bool:
    """Whether a text takes long, and not because it has so many paragraphs: most take 0.1 s, five
    thousand paragraphs of a letter each take 0.4; quadratic texts took 0.8 and more.
    """
    if seconds(text, rules) < 0.5:
        return False
    half = min(seconds(text[: len(text) // 2], rules) for _ in range(3))
    return min(seconds(text, rules) for _ in range(3)) > 3 * half


@pytest.mark.slow
@pytest.mark.timed
def test_no_shape_of_text_takes_more_than_its_share_of_time(shipped_rules: lc.RuleSet) -> None:
    shapes = [*SHAPES, *(f"{word} " for word in (*WORDS, *list_words(shipped_rules)))]
    lc.build_outline("Tea.", shipped_rules)
    slow = []
    for shape in shapes:
        text = shape * (LENGTH // len(shape))
        if takes_more_than_its_share(text, shipped_rules):
            slow.append(shape)
    note = f"Mary is{' editor' * (LENGTH // 7)}. message"
    if takes_more_than_its_share(note, shipped_rules):
        slow.append(note)
    assert slow == []


@pytest.mark.timed
@pytest.mark.parametrize("shape", ["x", "x ", "x, y\n", "“x "])
def test_five_megabytes_without_a_sentence_take_seconds(
    shape: str, shipped_rules: lc.RuleSet
) -> None:
    """Measured on a tenth of them."""
    assert seconds(shape * (500_000 // len(shape)), shipped_rules) < 10


@given(st.lists(st.sampled_from(["tea", "x" * 700, "x" * 2_500, ". ", "\n", " "]), max_size=12))
def test_a_sentence_has_a_thousand_characters_at_most_and_nothing_is_lost(words: list[str]) -> None:
    for block in lc.find_blocks(" ".join(words)):
        at = block.start
        for sentence in block.sentences:
            assert 0 < len(sentence.text) <= 1_000
            assert not block.text[at - block.start : sentence.start - block.start].strip()
            at = sentence.end
        assert at == block.end


def test_a_long_sentence_is_parted_between_words() -> None:
    words = [f"word{number}" for number in range(400)]
    sentences = lc.make_block(" ".join(words)).sentences
    assert len(sentences) > 2
    assert " ".join(sentence.text for sentence in sentences) == " ".join(words)
    assert all(sentence.text.split()[-1] in words for sentence in sentences)


def test_a_row_is_scored_before_the_next_is_read(
    shipped_rules: lc.RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = []
    read_blocks = lc.read_blocks

    def reading(blocks: Sequence[lc.Block], rules: lc.RuleSet) -> tuple[lc.Paragraph, ...]:
        events.append("scored")
        return read_blocks(blocks, rules)

    def lines() -> Iterator[str]:
        for doc in ("null", "null", '"a"', '"a"'):  # rows of a document wait for each other
            events.append("read")
            yield f'{{"text": "Tea is good.", "tag": "claim", "doc": {doc}}}'

    monkeypatch.setattr(lc, "read_blocks", reading)
    lc.score_labels(lc.parse_labels(lines(), "labels.jsonl"), shipped_rules)
    assert events == ["read", "scored", "read", "scored", "read", "read", "scored"]


@pytest.mark.parametrize("order", ["{} tea", "tea {}"])
def test_matching_a_phrase_costs_no_more_among_ten_times_the_rules(order: str) -> None:
    """What is looked at in a sentence are the phrases that begin as its words do."""
    names = [order.format(f"r{number}") for number in range(1_000)]
    few, many = lc.make_index(names[:100], {}), lc.make_index(names, {})
    for by_second in many.phrases.values():
        assert all(len(phrases) == 1 for phrases in by_second.values())
    sentence = order.format("R7")
    assert lc.find_phrases(many, sentence) == lc.find_phrases(few, sentence) != {}


@pytest.mark.slow
def test_a_large_text_takes_a_few_times_its_size_in_memory(
    op_ed: str, shipped_rules: lc.RuleSet
) -> None:
    """Nothing of a paragraph is kept but its line; an outline that is kept takes twenty times."""
    text = "\n\n".join([op_ed] * 60)
    lc.show_outline(lc.lazy_outline(op_ed, shipped_rules), lc.View())  # what is kept once for all
    tracemalloc.start()
    try:
        lc.show_outline(lc.lazy_outline(text, shipped_rules), lc.View())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * len(text.encode())
