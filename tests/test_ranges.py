import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamsite.ranges import Range, Unsatisfiable, parse_range

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, 999),
        ("bytes=0-999", 0, 999),
        ("bytes=0-1000", 0, 999),
        ("bytes=999-", 999, 999),
        ("bytes=500-99999999999999999999", 500, 999),
        ("bytes=-1", 999, 999),
        ("bytes=-1000", 0, 999),
        ("bytes=-5000", 0, 999),
        ("bytes=007-0008", 7, 8),
        ("BYTES=1-2", 1, 2),
        ("bytes = 1-2 ", 1, 2),
    ],
)
def test_well_formed_range_names_its_bytes(header, first, last):
    assert parse_range(header, SIZE) == Range(first, last, SIZE)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=5000-2000",
        "bytes=a-b",
        "bytes=1-2x",
        "bytes=1 - 2",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=1.0-2",
        "bytes=0x1-2",
        "bytes=1-2\n",
        "bytes=1-2;",
        "bytes=\u0661-\u0662",
        "items=0-5",
        "bytes 0-5",
        "0-5",
        "bytes=0-" + "9" * 65536,
    ],
)
def test_malformed_range_is_ignored(header):
    assert parse_range(header, SIZE) is None


@pytest.mark.parametrize(
    "header", ["bytes=0-1,3-4", "bytes=0-0,0-0", "bytes=0-," * 1000, "bytes=,1-2", "bytes=1-2,"]
)
def test_several_ranges_get_the_whole_file(header):
    assert parse_range(header, SIZE) is None


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=1000-1001", "bytes=999999-", "bytes=-0", "bytes=-00"]
)
def test_range_without_a_byte_is_unsatisfiable(header):
    with pytest.raises(Unsatisfiable) as caught:
        parse_range(header, SIZE)
    assert caught.value.content_range == "bytes */1000"


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"])
def test_empty_file_satisfies_no_range(header):
    with pytest.raises(Unsatisfiable):
        parse_range(header, 0)


def test_content_range_and_length_of_a_part():
    part = parse_range("bytes=10-19", SIZE)
    assert part is not None
    assert (part.content_range, part.length) == ("bytes 10-19/1000", 10)


@given(header=st.text(alphabet="bytes=-0123456789, \t\x00x", max_size=140), size=st.integers(0, 2**63))
def test_any_header_gives_a_part_within_the_file_or_none(header, size):
    try:
        part = parse_range(header, size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part.first <= part.last < size


@given(first=st.integers(0, 300), last=st.integers(0, 300), content=st.binary(min_size=1, max_size=200))
def test_part_equals_the_slice(first, last, content):
    try:
        part = parse_range(f"bytes={first}-{last}", len(content))
    except Unsatisfiable:
        assert first >= len(content)
        return
    if part is None:
        assert last < first
    else:
        assert content[part.first : part.last + 1] == content[first : last + 1]
