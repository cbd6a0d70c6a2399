import json
from datetime import UTC, datetime

import pytest
from landfall_runtime.checks import add_failures, declared_checks, describe, problem, write_report
from landfall_runtime.failure import BatchQuarantined, JobFailure
from landfall_runtime.job import Job
from landfall_runtime.lake import Lake
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def check_rows(spark):
    """`check_rows(schema, rows, *checks)` are the checked rows; file and row are a.csv 2, 3 and so on."""

    def run(schema: str, rows: list[tuple], *checks: dict) -> DataFrame:
        placed = [("a.csv", number, f"line {number}", *row) for number, row in enumerate(rows, 2)]
        frame = spark.createDataFrame(placed, f"file string, row int, line string, {schema}")
        return add_failures(frame.withColumn("problem", no_problem()), list(checks))

    return run


def no_problem() -> Column:
    """The problem of a row that fits the schema."""
    return F.when(F.lit(False), problem(F.lit(None), ""))


def bad(checked: DataFrame) -> list[tuple]:
    """What is wrong with the rows that are set aside: row, column, reason, value."""
    rows = checked.where("problem IS NOT NULL").orderBy("file", "row").select("row", "problem.*").collect()
    return [tuple(row) for row in rows]


def on(form: dict, failure: str = "quarantineRows") -> dict:
    return {**form, "onFailure": failure}


@pytest.mark.parametrize(
    ("schema", "values", "form", "failing"),
    [
        ("x double", [0.0, 1.0, 1.1, -0.1, INF, NAN, None], {"column": "x", "min": 0, "max": 1}, [1.1, -0.1, INF]),
        ("x int", [0, 1, 2, None], {"column": "x", "min": 1}, [0]),
        ("x decimal(9,2)", [None], {"column": "x", "max": 2.5}, []),
        ("x timestamp", [datetime(2026, 1, 1, tzinfo=UTC)], {"column": "x", "max": 1}, [datetime(2026, 1, 1)]),
        ("x string", ["a", "A", "", None], {"column": "x", "allowed": ["a", "b"]}, ["A", ""]),
        ("x double", [1.0, 1.5, 2.0, NAN, None], {"column": "x", "allowed": [1, 2]}, [1.5]),
        ("x boolean", [True, False, None], {"column": "x", "allowed": [True]}, [False]),
        ("x double", [1.0, INF, NAN, None], {"column": "x", "nullable": False}, [NAN, None]),
        ("x string", ["", None], {"column": "x", "nullable": False}, [None]),
    ],
)
def test_a_row_fails_by_its_value(check_rows, schema, values, form, failing):
    checked = check_rows(schema, [(value,) for value in values], on(form))
    failed = checked.where("problem IS NOT NULL").orderBy("row").collect()
    assert str([row.x for row in failed]) == str(failing)
    assert [row.row for row in checked.where("array_contains(failures, 0)").collect()] == [row.row for row in failed]


def test_a_problem_is_told_as_those_of_the_schema_are(check_rows):
    forms = [
        {"column": "x", "min": 0, "max": 1},
        {"column": "x", "min": -5},
        {"column": "s", "allowed": ["a", "b"]},
        {"column": "s", "nullable": False},
        {"unique": ["x", "s"]},
    ]
    rows = [(2.0, "a"), (-6.0, "a"), (0.5, "c"), (0.5, None), (2.0, "a"), (1.0, "b"), (1.0, "b")]
    assert bad(check_rows("x double, s string", rows, *map(on, forms))) == [
        (2, "x", "is not between 0 and 1", "2.0"),
        (3, "x", "is not between 0 and 1", "-6.0"),
        (4, "s", "is not one of a, b", "c"),
        (5, "s", "there is no value", None),
        (6, "x", "is not between 0 and 1", "2.0"),
        (8, "x, s", "is in an earlier row already", "1.0, b"),
    ]


def test_the_first_of_the_same_rows_passes_whatever_file_it_is_in(spark):
    rows = [
        ("b.csv", 2, 1.0),
        ("a.csv", 9, 1.0),
        ("a.csv", 10, 1.0),
        ("b.csv", 3, NAN),
        ("b.csv", 4, NAN),
        ("b.csv", 5, 2.0),
    ]
    frame = spark.createDataFrame(rows, "file string, row int, id double").repartition(3)
    checked = add_failures(frame.withColumn("problem", no_problem()), [on({"unique": ["id"]})])
    failed = checked.where("problem IS NOT NULL").select("file", "row").collect()
    assert sorted(map(tuple, failed)) == [("a.csv", 10), ("b.csv", 2)]


def test_rows_that_do_not_fit_the_schema_are_not_checked(spark, new_job, lake: Lake):
    rows = spark.createDataFrame([("a.csv", 2, 9), ("a.csv", 3, 9), ("a.csv", 4, 9)], "file string, row int, id int")
    broken = rows.withColumn("problem", F.when(F.col("row") == 2, problem(F.lit("id"), "is odd")))
    checks = [on({"unique": ["id"]}), on({"column": "id", "max": 1}, "review")]
    checked = add_failures(broken, checks).persist()
    assert [(row, reason) for row, _, reason, _ in bad(checked)] == [(2, "is odd"), (4, "is in an earlier row already")]
    path, refusal = write_report(new_job("unfit"), checked, checks)
    report = json.loads(lake.read(path))
    assert refusal is None
    assert (report["rows"], [check["failed"] for check in report["checks"]]) == (2, [1, 2])


def test_only_checks_that_say_so_set_rows_aside(check_rows):
    high = {"column": "x", "max": 1}
    checked = check_rows("x double", [(2.0,)], on(high, "review"), on(high, "quarantineBatch"))
    assert bad(checked) == []
    assert [row.failures for row in checked.collect()] == [[0, 1]]


def test_a_column_may_have_any_name(check_rows):
    names = ["a.b", "with space", "back`tick", "größe"]
    schema = ", ".join(f"`{name.replace('`', '``')}` int" for name in names)
    forms = [on({"column": name, "max": 0}, "review") for name in names] + [on({"unique": names}, "review")]
    checked = check_rows(schema, [(1, 1, 1, 1), (1, 1, 1, 1)], *forms)
    assert [row.failures for row in checked.orderBy("row").collect()] == [[0, 1, 2, 3], [0, 1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"column": "y", "min": 0}, "There is no column y; there are x, s."),
        ({"unique": ["x", "file"]}, "There is no column file; there are x, s."),
        ({"column": "s", "min": 0}, "s at least 0: a column of type string has no range."),
        ({"column": "s", "allowed": ["1", 1]}, "s one of 1, 1: no value of a column of type string is 1."),
        ({"column": "x", "allowed": [True]}, "x one of True: no value of a column of type int is True."),
    ],
)
def test_a_check_that_cannot_hold_is_a_failure_that_says_why(check_rows, form, message):
    with pytest.raises(JobFailure) as caught:
        check_rows("x int, s string", [], on(form))
    assert (caught.value.reason, caught.value.message) == ("BadCheck", message)
    assert not isinstance(caught.value, BatchQuarantined)


def test_the_report_counts_failures_and_shows_the_first_rows(check_rows, new_job, lake: Lake, assert_schema):
    rows = [(float(value), None if value % 2 else datetime(2026, 1, 1, tzinfo=UTC)) for value in range(20)]
    rows += [(NAN, None), (INF, None)]
    checks = [
        on({"column": "x", "max": 9}, "review"),
        on({"column": "x", "nullable": False}),
        on({"column": "x", "min": 0}),
    ]
    path, refusal = write_report(new_job("report"), check_rows("x double, t timestamp", rows, *checks), checks)
    report = json.loads(lake.read(path))
    assert_schema("data-checks.ts", "checkReportSchema", report)
    assert refusal is None
    assert path == "runs/iris/report/checks.json"
    assert report["rows"] == 22
    assert [(it["check"], it["onFailure"], it["failed"]) for it in report["checks"]] == [
        ("x at most 9", "review", 11),
        ("x not missing", "quarantineRows", 1),
        ("x at least 0", "quarantineRows", 0),
    ]
    assert [row["row"] for row in report["checks"][0]["samples"]] == [12, 13, 14, 15, 16]
    assert report["checks"][0]["samples"][0] == {"file": "a.csv", "row": 12, "x": 10, "t": "2026-01-01T00:00:00.000Z"}
    assert report["checks"][1]["samples"] == [{"file": "a.csv", "row": 22, "x": "NaN", "t": None}]


def test_a_batch_that_fails_as_a_whole_is_refused_and_reported(check_rows, new_job, lake: Lake):
    checks = [
        on({"column": "x", "max": 1}, "quarantineBatch"),
        on({"rows": {"min": 3}}, "quarantineBatch"),
        on({"rows": {"max": 1}}, "review"),
    ]
    path, refusal = write_report(new_job("refused"), check_rows("x int", [(1,), (5,)], *checks), checks)
    assert isinstance(refusal, BatchQuarantined)
    assert refusal.reason == "BatchQuarantined"
    assert refusal.message == (
        'The batch fails x at most 1 (1 failed, such as {"file": "a.csv", "row": 3, "x": 5}); '
        "rows at least 3 (there are 2)."
    )
    assert path in refusal.hint
    assert [check["failed"] for check in json.loads(lake.read(path))["checks"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("limits", "before", "fails"),
    [
        ({"changeAtMost": 0.5}, 4, False),
        ({"changeAtMost": 0.5}, 5, True),
        ({"changeAtMost": 1}, 1, False),
        ({"changeAtMost": 0.9}, 1, True),
        ({"changeAtMost": 0.1}, 0, False),
        ({"changeAtMost": 0.1}, None, False),
        ({"min": 2, "max": 2}, 100, False),
        ({"min": 3, "changeAtMost": 0.5}, 2, True),
    ],
)
def test_the_number_of_rows_is_compared_with_the_last_batchs(check_rows, new_job, lake: Lake, limits, before, fails):
    run = f"rows-{before}-{'-'.join(map(str, limits.values()))}"
    checks = [on({"rows": limits}, "quarantineBatch")]
    pinned = {"pipeline": {"process": {"checks": checks}}, "previous": f"models/iris/{run}"}
    lake.write(f"runs/iris/{run}/pinned.json", json.dumps(pinned).encode())
    if before is not None:
        lake.write(f"models/iris/{run}/profile.json", json.dumps({"rows": before}).encode())
    job: Job = new_job(run)
    assert declared_checks(job) == checks
    _, refusal = write_report(job, check_rows("x int", [(1,), (2,)], *checks), checks)
    assert (refusal is not None) == fails


def test_a_batch_of_no_rows_and_no_checks_has_an_empty_report(check_rows, new_job, lake: Lake):
    job = new_job("by-hand")
    path, refusal = write_report(job, check_rows("x int", []), declared_checks(job))
    assert json.loads(lake.read(path)) == {"version": 1, "rows": 0, "checks": []}
    assert refusal is None


def test_a_check_is_told_in_words():
    forms = [
        {"rows": {"min": 1, "max": 9, "changeAtMost": 0.25}},
        {"rows": {"changeAtMost": 0.5}},
        {"column": "a", "min": 0.5, "max": 2},
        {"unique": ["a", "b"]},
    ]
    assert list(map(describe, forms)) == [
        "rows between 1 and 9 and changed by at most 25%",
        "rows changed by at most 50%",
        "a between 0.5 and 2",
        "a, b unique",
    ]
