"""Properties: the judge and the readers are total, and no string that leaves the host is ever inside."""

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.urls.corpus import UrlCase, corpus
from harness.urls.readers import READERS, read_all
from harness.urls.rules import WHY_LENGTH, UrlRule, judge

steady = settings(max_examples=300)

RULES = (
    UrlRule(allow=("https://www.python.org/ftp/",)),
    UrlRule(allow=("https://",), allow_blank=False),
    UrlRule(allow=("http://127.0.0.1:8000/", "https://[::1]/")),
    UrlRule(suffix_of="url", suffix=".asc"),
    UrlRule(allow=("https://www.python.org/",), suffix_of="url", suffix=".asc"),
)
CASES = corpus(RULES[0], "python/rt-abc.tgz")
WORDS = "https : / // \\ @ # ? %2f % [ ] www.python.org evil.example . /ftp/ xn-- 443 .."
PIECES = st.sampled_from(WORDS.split()) | st.sampled_from("\t\n\0 \u3002\ud800\uff20")
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80) | st.lists(PIECES, max_size=14).map("".join)
TEXT = ANY_TEXT | ANY_TEXT.map("https://www.python.org{}".format) | ANY_TEXT.map("https://www.python.org/ftp/{}".format)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@steady
@given(value=JSON, rule=st.sampled_from(RULES), sibling=st.none() | TEXT)
def test_the_judge_is_total_and_its_reasons_are_printable(value: object, rule: UrlRule, sibling: str | None) -> None:
    judgement = judge(value, rule, sibling)
    assert judgement.outside in (True, False, None)
    assert judgement.why.isascii()
    assert judgement.why.isprintable()
    assert 0 < len(judgement.why) <= WHY_LENGTH


@steady
@given(text=TEXT)
def test_the_readers_are_total(text: str) -> None:
    assert read_all(text).keys() == READERS.keys()


@steady
@given(text=TEXT)
def test_what_any_reader_reads_elsewhere_is_outside(text: str) -> None:
    elsewhere = [
        reading
        for reading in read_all(text).values()
        if reading is not None and reading.host and (reading.scheme, reading.host) != ("https", "www.python.org")
    ]
    if elsewhere:
        assert judge(text, RULES[0]).outside is True


@steady
@given(segments=st.lists(st.from_regex(r"[a-z0-9][a-z0-9._~-]{0,8}", fullmatch=True), min_size=1, max_size=5))
def test_plain_paths_are_inside(segments: list[str]) -> None:
    assert judge("https://www.python.org/ftp/" + "/".join(segments), RULES[0]).outside is False


@steady
@given(case=st.sampled_from([case for case in CASES if case.disposition == "refuse"]), suffix=st.sampled_from("?#&;"))
def test_a_query_does_not_mend_a_refused_string(case: UrlCase, suffix: str) -> None:
    text = f"{case.text}{suffix}a=b"
    assert judge(text, RULES[0]).outside is True
