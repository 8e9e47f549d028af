"""Places in CSV files: whatever the rows hold, a value's place is where it starts in the text."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.csv_rows import CsvFile

cells = st.text(st.sampled_from('ab,"\n 1ä'), max_size=6)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=4))
def test_every_value_is_found_where_it_stands(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    text = buffer.getvalue()
    file = CsvFile("x.csv", text)
    lines = text.split("\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    for values in reader:
        for index, value in enumerate(values):
            span = file.span(start, index)
            rest = "\n".join([lines[span.line - 1][span.column - 1 :], *lines[span.line :]])
            assert next(csv.reader(io.StringIO(rest, newline="")), [""])[:1] in ([value], [] if not value else None)
            assert span.end_column > span.column
        start = reader.line_num + 1
