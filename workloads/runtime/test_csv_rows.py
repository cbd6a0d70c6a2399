from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from landfall_runtime.csv_rows import bad_rows, good_rows, read_rows
from landfall_runtime.schema import Boolean, Category, Date, Integer, Number, Schema
from pyspark.sql import DataFrame, SparkSession

SCHEMA = Schema(
    [
        Integer("whole", above=1),
        Number("share (%)", nullable=True),
        Boolean("fresh", nullable=True),
        Date("day"),
        Category("kind"),
    ],
    target="kind",
    ignored=["note"],
    delimiter=";",
    missing=["NA"],
)
HEADER = '"whole";share (%);fresh;day;kind;note'


@pytest.fixture
def read(spark: SparkSession, tmp_path: Path) -> Callable[..., DataFrame]:
    """`read(*lines)` reads a file of lines, by SCHEMA."""

    def run(*lines: str, schema: Schema = SCHEMA) -> DataFrame:
        (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
        return read_rows(spark, [f"file://{tmp_path}/a.csv"], schema)

    return run


def test_values_of_each_kind_are_read_as_what_they_are(read):
    rows = read(
        HEADER,
        "+2;0.5;TRUE;2026-11-24;a;x",
        '3;NA;no;2026-11-24T10:00:00;"b ""c"";d" ; "x;y"',
        "4;;;2026-11-25;NAN;",
    )
    assert bad_rows(rows).collect() == []
    assert [tuple(row) for row in good_rows(rows, SCHEMA).orderBy("whole").collect()] == [
        (2, 0.5, True, date(2026, 11, 24), "a"),
        (3, None, False, date(2026, 11, 24), 'b "c";d'),
        (4, None, None, date(2026, 11, 25), "NAN"),
    ]


@pytest.mark.parametrize("line", ["2;1;1;2026-01-01;a;x", ";2;1;1;2026-01-01;a", "2;1;1;2026-01-01;;"])
def test_an_empty_cell_is_a_cell(read, line: str):
    header = HEADER if line.startswith("2") else "note;whole;share (%);fresh;day;kind"
    told = [row["reason"] for row in bad_rows(read(header, line)).collect()]
    assert told == (["there is no value"] if line.endswith(";;") else [])


def test_what_does_not_fit_is_told_with_its_reason(read):
    cases = [
        ("1.5;1;1;2026-01-01;a;x", "whole", "is not a whole number", "1.5"),
        ("99999999999999999999;1;1;2026-01-01;a;x", "whole", "is not a whole number", "99999999999999999999"),
        ("1;1;1;2026-01-01;a;x", "whole", "is not above 1", "1"),
        ("2;1,5;1;2026-01-01;a;x", "share (%)", "is not a number", "1,5"),
        ("2;1;maybe;2026-01-01;a;x", "fresh", "is neither true nor false", "maybe"),
        ("2;1;1;24.11.2026;a;x", "day", "is not a date such as 2026-11-24", "24.11.2026"),
        ("2;1;1;2026-02-30;a;x", "day", "is not a date such as 2026-11-24", "2026-02-30"),
        ("2;1;1;2026-01-01;NA;x", "kind", "there is no value", None),
        ('2;1;1;2026-01-01;a;"x', None, "a quote does not close in this line", None),
        ("2;1;1;2026-01-01;a", None, "the row does not have 6 cells", None),
    ]
    rows = bad_rows(read(HEADER, *(line for line, *_ in cases))).collect()
    assert [(row["line"], row["column"], row["reason"], row["value"]) for row in rows] == cases


def test_ignored_columns_may_be_there_or_not_and_others_may_not(read):
    assert good_rows(read("whole;share (%);fresh;day;kind", "2;1;1;2026-01-01;a"), SCHEMA).count() == 1
    [told] = bad_rows(read(f"{HEADER};more", "2;1;1;2026-01-01;a;x;y")).collect()
    assert (told["column"], told["reason"]) == ("more", "the header has this unknown column")


@pytest.mark.parametrize("delimiter", ["\t", "|", ","])
def test_a_delimiter_is_a_sign_like_any_other(read, delimiter: str):
    schema = Schema([Number("a.b"), Category("c`d")], target="c`d", delimiter=delimiter)
    rows = read(delimiter.join(["a.b", "c`d"]), delimiter.join(["1.5", f'"x{delimiter}y"']), schema=schema)
    assert [tuple(row) for row in good_rows(rows, schema).collect()] == [(1.5, f"x{delimiter}y")]


def test_a_cell_may_be_very_long(read):
    schema = Schema([Number("a"), Category("b")], target="b")
    rows = read("a,b", f'1,"{"x," * 100_000}"', schema=schema)
    assert len(good_rows(rows, schema).first()["b"]) == 200_000
