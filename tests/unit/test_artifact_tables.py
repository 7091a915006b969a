"""Tables of artifacts: read by people in a browser that neither breaks a line nor escapes what residents write."""

from tasks.artifacts import SHOWN, table
from tasks.documents.cells import width_of

FORMULA = "需求 0 斤 + 储备缺口 505.944 斤 − 现有 0 斤 − 在途 0 斤 = 505.944 斤，合 17 件（每件 30 斤）"


def test_a_long_cell_is_broken_where_a_reader_would_pause() -> None:
    cell = table(["测算依据"], [[FORMULA]]).splitlines()[2].strip("| ")
    lines = cell.split("<br>")
    assert len(lines) > 1
    assert all(width_of(line) <= 40 for line in lines)
    assert "".join(lines).replace(" ", "") == FORMULA.replace(" ", "")


def test_what_would_be_markup_or_a_new_column_is_shown_as_written() -> None:
    cell = table(["原话"], [["<b>土豆</b>|3斤 *急* [x](y)\n第二行"]]).splitlines()[2]
    assert cell == "| &lt;b&gt;土豆&lt;/b&gt;\\|3斤 \\*急\\* \\[x\\](y)<br>第二行 |"


def test_a_backslash_brings_no_link_and_no_column_to_life() -> None:
    cell = table(["原话"], [["\\[点我\\](http://198.51.100.1/) \\| 3斤"]]).splitlines()[2]
    assert cell == "| \\\\\\[点我\\\\\\](http://198.51.100.1/) \\\\\\|<br>3斤 |"


def test_a_table_shows_forty_rows_and_says_how_many_more_there_are() -> None:
    text = table(["户"], [[n] for n in range(SHOWN + 7)])
    assert text.count("\n| ") == SHOWN + 1
    assert "7" in text.splitlines()[-1]
