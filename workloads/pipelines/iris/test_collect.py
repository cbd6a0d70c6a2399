import csv
from collections import Counter
from pathlib import Path

from collect import COLUMNS, measure, to_csv
from landfall_runtime.lake import Lake

HERE = Path(__file__).resolve().parent
GIVEN = ["--batch", "b", "--input", "runs/iris/_sources/test/state.json", "--output", "landing/iris-collect/"]


def run(start_job, read_result, name: str, *more: str) -> dict:
    job = start_job(HERE / "collect.py", "--run", name, *GIVEN, *more)
    job.wait(60)
    return read_result(name, "collect")


def test_each_collection_lands_another_delivery_and_a_repeated_one_lands_nothing(start_job, read_result, lake: Lake):
    first = run(start_job, read_result, "first")
    second = run(start_job, read_result, "second", "--param", "flowers=6")
    paths = [result["outputs"]["measured"] for result in (first, second)]
    assert sorted(lake.list_files("landing/iris-collect")) == sorted(paths)
    assert [result["metrics"] for result in (first, second)] == [
        {"flowers": 150, "delivery": 1},
        {"flowers": 6, "delivery": 2},
    ]
    lake.write(GIVEN[3], b'{"deliveries": 1}')
    assert run(start_job, read_result, "again", "--param", "flowers=6")["outputs"] == {}
    assert len(lake.list_files("landing/iris-collect")) == 2


def test_a_wrong_parameter_is_told(start_job, read_result):
    assert run(start_job, read_result, "none", "--param", "flowers=0")["error"]["reason"] == "BadParameter"
    assert run(start_job, read_result, "odd", "--param", "leaves=1")["error"]["reason"] == "UnknownParameter"


def test_measurements_are_as_those_of_the_sample():
    rows = list(csv.DictReader(to_csv(measure(300, 1)).decode().splitlines()))
    assert Counter(row["species"] for row in rows) == {"setosa": 100, "versicolor": 100, "virginica": 100}
    sample = list(csv.DictReader((HERE / "sample/iris.csv").read_text().splitlines()))
    assert list(rows[0]) == list(sample[0])
    for column in COLUMNS:
        drawn, known = (sum(float(row[column]) for row in table) / len(table) for table in (rows, sample))
        assert abs(drawn - known) < 0.2
        assert min(float(row[column]) for row in rows) > 0
