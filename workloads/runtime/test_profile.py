import json
import math
import statistics
from bisect import bisect_left
from datetime import UTC, date, datetime

import landfall_runtime.profile
import pytest
from landfall_runtime.lake import Lake
from landfall_runtime.profile import profile, write_profile

NAN, INF = math.nan, math.inf


@pytest.fixture
def profiled(spark):
    """`profiled(schema, rows)` is the profile's features by name."""

    def run(schema: str, rows: list[tuple], baseline: dict | None = None) -> dict[str, dict]:
        document = profile(spark.createDataFrame(rows, schema), pipeline="iris", batch="b7", baseline=baseline)
        json.dumps(document, allow_nan=False)
        return {feature["name"]: feature for feature in document["features"]}

    return run


def numbers(values: list) -> list[tuple]:
    return [(value,) for value in values]


def recount(edges: list[float], values: list[float]) -> list[int]:
    """Rows of the bins (-inf, c0], (c0, c1], … (ck-1, inf)."""
    bins = [bisect_left(edges, value) for value in values]
    return [bins.count(bin) for bin in range(len(edges) + 1)]


def test_the_app_takes_every_profile(spark, assert_schema):
    types = "x double, i int, d decimal(9,2), s string, b boolean, at timestamp, on date, a array<int>"
    row = (1.5, 2, None, "a", True, datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 2), [1])
    for rows in (
        [],
        [row],
        [row, (NAN, None, None, None, None, None, None, None), (INF, 3, None, "b", False, *row[5:])],
    ):
        document = profile(spark.createDataFrame(rows, types), pipeline="iris", batch="b7", label="s")
        assert_schema("profile.ts", "profileSchema", document)
        assert document["rows"] == len(rows)
        assert document["skipped"] == ["a"]
        again = profile(spark.createDataFrame(rows, types), pipeline="iris", batch="b8", baseline=document)
        assert_schema("profile.ts", "profileSchema", again)
        assert again["baseline"] == "b7"


def test_missing_and_infinite_values_count_neither_in_statistics_nor_in_bins(profiled):
    values = [float(value) for value in range(1, 101)]
    x = profiled("x double", numbers([*values, None, None, NAN, INF, -INF, -INF]))["x"]
    assert (x["type"], x["dataType"]) == ("number", "double")
    assert (x["count"], x["missing"], x["infinite"]) == (100, 3, 3)
    assert (x["min"], x["max"], x["mean"]) == (1, 100, 50.5)
    assert x["std"] == pytest.approx(statistics.stdev(values))
    assert x["distinct"] == pytest.approx(100, abs=5)
    assert x["quantiles"] == {"0.01": 1, "0.05": 5, "0.25": 25, "0.5": 50, "0.75": 75, "0.95": 95, "0.99": 99}
    assert x["histogram"]["edges"] == pytest.approx(range(5, 100, 5), abs=1)
    assert x["histogram"]["counts"] == recount(x["histogram"]["edges"], values)


def test_bins_are_closed_on_the_right_and_repeated_quantiles_are_one_cut_point(profiled):
    values = [0.0] * 60 + [1.0] * 30 + [2.5] * 9 + [7.0]
    x = profiled("x double", numbers(values))["x"]
    assert x["histogram"] == {"edges": [0, 1, 2.5], "counts": [60, 30, 9, 1]}


@pytest.mark.parametrize(
    ("values", "histogram", "figures"),
    [
        ([3.0, 3.0], {"edges": [3], "counts": [2, 0]}, {"min": 3, "mean": 3, "std": 0, "distinct": 1}),
        ([3.0], {"edges": [3], "counts": [1, 0]}, {"max": 3, "mean": 3, "std": None, "missing": 0}),
        ([None, NAN], {"edges": [], "counts": [0]}, {"min": None, "mean": None, "missing": 2, "quantiles": {}}),
        ([INF], {"edges": [], "counts": [0]}, {"max": None, "std": None, "infinite": 1, "quantiles": {}}),
        ([], {"edges": [], "counts": [0]}, {"count": 0, "missing": 0, "distinct": 0, "quantiles": {}}),
        ([1e308, 1e308, 1e308], {"edges": [1e308], "counts": [3, 0]}, {"max": 1e308, "mean": None, "std": None}),
    ],
)
def test_a_column_with_little_in_it_has_what_can_be_told(profiled, values, histogram, figures):
    x = profiled("x double", numbers(values))["x"]
    assert x["histogram"] == histogram
    assert figures.items() <= x.items()


def test_a_baseline_gives_cut_points_and_categories(profiled, spark):
    schema = "x double, y double, s string"
    before = [(float(value), 1.0, "ab"[value % 2]) for value in range(40)]
    baseline = profile(spark.createDataFrame(before, schema), pipeline="iris", batch="b1")
    now = [(value + 0.5, None, "bc"[value % 2]) for value in range(-5, 60)]
    found = profiled(schema, now, baseline)
    edges = baseline["features"][0]["histogram"]["edges"]
    assert found["x"]["histogram"] == {"edges": edges, "counts": recount(edges, [row[0] for row in now])}
    assert found["y"]["histogram"] == {"edges": [1], "counts": [0, 0]}
    assert [(entry["value"], entry["count"]) for entry in found["s"]["top"]] == [("c", 33), ("b", 32), ("a", 0)]


def test_a_feature_that_the_baseline_cannot_help_makes_its_own_bins(profiled, spark):
    before = spark.createDataFrame([(1.0, 1.0, None), (2.0, 2.0, None)], "same double, changed double, empty double")
    baseline = profile(before, pipeline="iris", batch="b1")
    found = profiled("same double, changed string, empty double, new double", [(9.0, "9", 9.0, 9.0)], baseline)
    assert found["same"]["histogram"] == {"edges": [1, 2], "counts": [0, 0, 1]}
    assert found["changed"]["top"] == [{"value": "9", "count": 1}]
    assert found["empty"]["histogram"] == found["new"]["histogram"] == {"edges": [9], "counts": [1, 0]}


def test_a_column_may_have_any_name(profiled):
    names = ["a.b", "with space", 'quo"te', "back`tick", "größe", "Größe", "count", "feature", "value", "c0"]
    schema = ", ".join(f"`{name.replace('`', '``')}` double" for name in names)
    found = profiled(schema, [tuple(float(index) for index in range(len(names)))])
    assert {name: feature["min"] for name, feature in found.items()} == {name: i for i, name in enumerate(names)}


def test_of_many_categories_the_most_frequent_are_listed_and_the_known_ones(profiled):
    rows = [(f"v{value:03}",) for value in range(1000) for _ in range(1 + (value < 60) * (60 - value))]
    baseline = {
        "batch": "b1",
        "features": [{"name": "s", "type": "category", "top": [{"value": "v999"}, {"value": "w"}]}],
    }
    s = profiled("s string", rows, baseline)["s"]
    assert s["top"][:50] == [{"value": f"v{value:03}", "count": 61 - value} for value in range(50)]
    assert s["top"][50:] == [{"value": "v999", "count": 1}, {"value": "w", "count": 0}]
    assert s["other"] == len(rows) - sum(entry["count"] for entry in s["top"])
    assert s["distinct"] == pytest.approx(1000, rel=0.1)
    assert s["count"] == len(rows)


def test_few_categories_are_counted_exactly(profiled):
    found = profiled("s string, b boolean", [("x", True), ("", False), ("", None), (None, True)])
    assert found["s"]["top"] == [{"value": "", "count": 2}, {"value": "x", "count": 1}]
    assert (found["s"]["distinct"], found["s"]["other"], found["s"]["missing"]) == (2, 0, 1)
    assert found["b"]["top"] == [{"value": "true", "count": 2}, {"value": "false", "count": 1}]


def test_times_are_seconds_since_1970(profiled):
    at = datetime(2026, 3, 4, 5, 6, 7, 500_000)
    found = profiled("d date, t timestamp, n timestamp_ntz", [(at.date(), at.replace(tzinfo=UTC), at)])
    seconds = at.replace(tzinfo=UTC).timestamp()
    assert [found[name]["min"] for name in "dtn"] == [seconds - seconds % 86_400, seconds, seconds]
    assert [found[name]["dataType"] for name in "dtn"] == ["date", "timestamp", "timestamp_ntz"]


def test_quantiles_of_very_many_rows_come_from_a_sample_and_bins_count_all(spark, monkeypatch):
    monkeypatch.setattr(landfall_runtime.profile, "SAMPLED_ROWS", 2_000)
    [x] = profile(spark.range(100_000).toDF("x"), pipeline="iris", batch="b7")["features"]
    assert x["quantiles"]["0.5"] == pytest.approx(50_000, abs=5_000)
    assert x["quantiles"]["0.5"] != 49_999
    edges = [math.floor(edge) for edge in x["histogram"]["edges"]]
    assert x["histogram"]["counts"] == [
        right - left for left, right in zip([-1, *edges], [*edges, 99_999], strict=True)
    ]


def test_columns_of_no_statistics_alone_are_skipped(spark):
    document = profile(spark.createDataFrame([([1],)], "a array<int>"), pipeline="iris", batch="b7")
    assert (document["rows"], document["features"], document["skipped"]) == (1, [], ["a"])


def test_the_profile_is_written_into_the_runs_folder_with_the_version_it_is_compared_by(spark, new_job, lake: Lake):
    rows = spark.createDataFrame([(1.0,), (2.0,)], "x double")
    path = write_profile(new_job("profile-1"), rows, label="x")
    lake.write("models/iris/v1/profile.json", lake.read(path))
    path = write_profile(new_job("profile-2", baseline="models/iris/v1"), rows)
    assert path == "runs/iris/profile-2/profile.json"
    document = json.loads(lake.read(path))
    assert (document["pipeline"], document["batch"], document["baseline"]) == ("iris", "b7", "v1")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone", None),
        ("cut", b'{"features": ['),
        ("binary", b"\xff\xfe"),
        ("list", b"[]"),
        ("empty", b"{}"),
        ("lacking", b'{"features": [{"name": "x", "type": "number"}]}'),
        ("text", b'{"features": [{"name": "x", "type": "number", "histogram": {"edges": ["a"]}}]}'),
        ("falling", b'{"features": [{"name": "x", "type": "number", "histogram": {"edges": [2, 1]}}]}'),
    ],
)
def test_without_a_usable_baseline_the_batch_makes_its_own_bins_and_says_so(
    spark, new_job, lake, capsys, name, content
):
    if content is not None:
        lake.write(f"models/iris/{name}/profile.json", content)
    path = write_profile(new_job(f"profile-{name}", baseline=f"models/iris/{name}"), spark.range(1).toDF("x"))
    document = json.loads(lake.read(path))
    assert document["baseline"] is None
    assert document["features"][0]["histogram"] == {"edges": [0], "counts": [1, 0]}
    [said] = capsys.readouterr().out.splitlines()
    assert f"models/iris/{name} has no usable profile" in said
