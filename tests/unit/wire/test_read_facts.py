"""Facts read from the bytes of their entries, many at a time, are those that protobuf reads from the map."""

from decimal import Decimal

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from quotewright.v1 import quote_pb2

from engine.wire.raw_quote import BriefLine, FullLine, RawQuote, states_more
from engine.wire.read_facts import ENTRIES_KEPT, FactEntry, _KnownEntries, read_fact_entries, read_facts
from engine.wire.violations import MAX_NAME, MAX_TEXT, Violations

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.one_of(
    st.builds(quote_pb2.FactValue, text=TEXTS | st.just("x" * (MAX_TEXT + 1))),
    st.builds(quote_pb2.FactValue, number=st.sampled_from(["1.50", "-2", "1e3", "12,50", ""])),
    st.builds(quote_pb2.FactValue, boolean=st.booleans()),
    st.builds(quote_pb2.FactValue, date=st.sampled_from(["2026-03-01", "2026-02-30", "yesterday", ""])),
    st.just(quote_pb2.FactValue()),
)
MAPS = st.dictionaries(TEXTS | st.just("n" * (MAX_NAME + 1)), VALUES, max_size=6)


@given(MAPS)
@settings(max_examples=200, deadline=None)
def test_entries_and_maps_read_alike(stated):
    quote = quote_pb2.Quote(facts=stated)
    of_map, of_entries = Violations(), Violations()
    entries = RawQuote.FromString(quote.SerializeToString()).facts
    for _ in range(2):
        of_map.found.clear()
        of_entries.found.clear()
        facts, expected = read_fact_entries(entries, "facts", of_entries), read_facts(quote.facts, "facts", of_map)
        assert facts == expected or of_map.found
        assert sorted(map(str, of_entries.found)) == sorted(map(str, of_map.found))


def test_the_last_of_equal_names_holds():
    entries = [FactEntry(key="a", value=quote_pb2.FactValue(text=text)).SerializeToString() for text in ("x", "y")]
    assert read_fact_entries(entries, "facts", Violations()) == {"a": "y"}


def test_an_entry_without_a_name_is_told():
    violations = Violations()
    read_fact_entries([FactEntry(value=quote_pb2.FactValue(text="x")).SerializeToString()], "facts", violations)
    assert [(item.field, item.reason) for item in violations.found] == [("facts", "REQUIRED")]


@pytest.mark.parametrize("entry", [b"\x0a\x05ab", b"\xff", b"\x0a\x02\xc3\x28"])
def test_bytes_that_are_no_entry(entry):
    with pytest.raises(DecodeError):
        read_fact_entries([entry], "facts", Violations())


def test_no_more_entries_are_kept_than_said():
    kept = _KnownEntries()
    for number in range(2 * ENTRIES_KEPT):
        entry = FactEntry(key="n", value=quote_pb2.FactValue(number=str(number))).SerializeToString()
        assert kept[entry] == ("n", Decimal(number))
    assert 0 < len(kept) <= ENTRIES_KEPT
    long = FactEntry(key="n", value=quote_pb2.FactValue(text="x" * 1000)).SerializeToString()
    assert kept[long] == ("n", "x" * 1000)
    assert long not in kept


def test_what_a_brief_line_lacks_is_seen():
    names = {field.name for field in quote_pb2.QuoteLine.DESCRIPTOR.fields}
    lacking = names - {field.name for field in BriefLine.DESCRIPTOR.fields}
    assert lacking
    assert {field.name for field in FullLine.DESCRIPTOR.fields} == names
    plain = quote_pb2.QuoteLine(id="1", sku="A", quantity="1", start_date="2026-01-01", term_months=3)
    assert not states_more(BriefLine.FromString(plain.SerializeToString()))
    for name in lacking:
        line = quote_pb2.QuoteLine()
        line.CopyFrom(plain)
        field = getattr(line, name)
        field.SetInParent() if hasattr(field, "SetInParent") else field.add()
        brief = BriefLine.FromString(line.SerializeToString())
        assert states_more(brief), name
        assert FullLine.FromString(brief.SerializeToString()).SerializeToString() == line.SerializeToString()
