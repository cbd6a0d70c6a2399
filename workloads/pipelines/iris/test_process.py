import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import landfall_runtime
import psutil
import pytest
from landfall_runtime.csv_batch import too_many
from landfall_runtime.csv_rows import bad_rows, good_rows, literal, read_lines, read_rows, struct_type
from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake
from landfall_runtime.profile import profile
from landfall_runtime.tables import read_parquet
from pyspark.sql import DataFrame, SparkSession
from schema import SCHEMA

PROCESS = Path(__file__).with_name("process.py")
HEADER = "sepal_length,sepal_width,petal_length,petal_width,species"
CHECKS = [
    {"column": "sepal_length", "min": 0, "max": 30, "onFailure": "quarantineRows"},
    {"rows": {"min": 10}, "onFailure": "quarantineBatch"},
]
ODD_NAMES = ["with space.csv", "übung.csv", "100%25+.csv", "a[1]*?.csv"]


@pytest.fixture(scope="module")
def spark(job_env):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    if "JAVA_HOME" in job_env:
        os.environ["JAVA_HOME"] = job_env["JAVA_HOME"]
    # Files are split every 300 bytes here, as big files are every 128 MB.
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.files.maxPartitionBytes": "300",
        "spark.sql.files.openCostInBytes": "1",
        "spark.sql.shuffle.partitions": "2",
    }
    with SparkSession.builder.master("local[2]").config(map=settings).getOrCreate() as session:
        yield session


@pytest.fixture
def checked(spark: SparkSession, tmp_path: Path) -> Callable[..., DataFrame]:
    """`checked(**{name: text})` writes files and checks their rows."""

    def run(**files: str) -> DataFrame:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return read_rows(spark, [f"file://{tmp_path}/{name}" for name in files], SCHEMA)

    return run


def test_rows_are_numbered_as_an_editor_would_however_the_file_is_split(checked):
    lines = [HEADER, *(f"5.1,3.5,1.4,{index},setosa" for index in range(1, 60)), "", "5.1,3.5,x,0.2,setosa"]
    [bad] = bad_rows(checked(**{"a.csv": "\r\n".join(lines)})).collect()
    assert (bad["row"], bad["column"], bad["value"]) == (62, "petal_length", "x")


def test_every_file_is_read_by_its_own_header(checked):
    rows = checked(
        **{
            "a.csv": f"{HEADER}\n1,2,3,4,setosa\n",
            "b.csv": '\ufeff"species", petal_width,petal_length,sepal_width,sepal_length\nvirginica,4,3,"2", 1',
        }
    )
    good = good_rows(rows, SCHEMA)
    assert [field.dataType for field in good.schema] == [field.dataType for field in struct_type(SCHEMA)]
    assert sorted(tuple(row) for row in good.collect()) == [(1, 2, 3, 4, "setosa"), (1, 2, 3, 4, "virginica")]


def test_a_bad_row_is_told_with_column_and_reason(checked):
    cases = [
        ("x,2,3,4,setosa", "sepal_length", "is not a number"),
        ("1,NaN,3,4,setosa", "sepal_width", "is not a number"),
        ("1,2,3f,4,setosa", "petal_length", "is not a number"),
        ("1,2,3,1e999,setosa", "petal_width", "is not a number"),
        ("1,2,3,-4,setosa", "petal_width", "is not above zero"),
        ("1,2,,4,setosa", "petal_length", "there is no value"),
        ("1,2,3,4,", "species", "there is no value"),
        ("1,2,3,4,rose", "species", "is not one of setosa, versicolor, virginica"),
        ("1,2,3,4", None, "the row does not have 5 cells"),
        ("1,2,3,4,setosa,5", None, "the row does not have 5 cells"),
    ]
    rows = checked(**{"a.csv": "\n".join([HEADER, *(line for line, *_ in cases), "1,2,3,4,setosa"])})
    told = [(row["line"], row["column"], row["reason"]) for row in bad_rows(rows).collect()]
    assert told == cases
    assert good_rows(rows, SCHEMA).count() == 1


def test_a_wrong_header_makes_all_rows_of_the_file_bad(checked):
    cases = {
        "a.csv": (HEADER.replace("sepal_width", "sepal_wdth"), "sepal_width", "the header lacks this column"),
        "b.csv": (f"{HEADER},colour", "colour", "the header has this unknown column"),
        "c.csv": (f"{HEADER},species", None, "the header has a column twice"),
    }
    files = {name: f"{header}\n1,2,3,4,setosa\n1,2,3,4,setosa" for name, (header, *_) in cases.items()}
    told = [(row["row"], row["column"], row["reason"]) for row in bad_rows(checked(**files)).collect()]
    assert told == [(row, *problem) for _, *problem in cases.values() for row in (2, 3)]


def test_files_have_the_names_they_have(checked):
    rows = bad_rows(checked(**{name: f"{HEADER}\n1,2,3,4,rose" for name in ODD_NAMES})).collect()
    assert sorted(row["file"].rpartition("/")[2] for row in rows) == sorted(ODD_NAMES)


def test_a_pattern_is_only_a_name():
    assert literal("abfs://landing@h/a[1]*.csv") == r"abfs://landing@h/a\[1\]\*.csv"


def test_a_file_that_is_gone_is_named(spark: SparkSession):
    with pytest.raises(JobFailure, match=r"A file of the batch is gone: .*/no/such\.csv"):
        read_lines(spark, ["file:///no/such.csv"])


def test_the_first_bad_rows_are_in_the_message(checked):
    rows = bad_rows(checked(**{"a.csv": f"{HEADER}\n1,x,3,4,setosa\n1,2,3\n1,2,,4,setosa\n1,2,3,4,rose"}))
    message = too_many(10, 4, 0.1, rows.limit(3).collect()).message
    message = re.sub(r"\S+/a\.csv", "a.csv", message)
    assert message == (
        "4 of 10 rows are bad, and at most 10% may be: a.csv row 2 column sepal_width: 'x' is not a number; "
        "a.csv row 3: the row does not have 5 cells; a.csv row 4 column petal_length: there is no value; …"
    )


def test_a_batch_goes_through_the_lake_without_showing_the_key(lake: Lake, job_env, read_result):
    sample = Path(__file__).with_name("sample").joinpath("iris.csv").read_text()
    for name in ODD_NAMES:
        lake.write(f"landing/iris/full/{name}", f"{sample}1,2,3,4,rose\n51,2,3,4,setosa\n".encode())
    arguments = write_batch(lake, "full", [f"landing/iris/full/{name}" for name in ODD_NAMES], CHECKS)

    # As the spark operator does it: the wrapper is the application of a spark-submit.
    wrapper = str(Path(landfall_runtime.__file__).with_name("job.py"))
    jars = re.search(r"--jars (\S+)", job_env["PYSPARK_SUBMIT_ARGS"])[1]
    submit = [sys.executable, "-m", "pyspark.find_spark_home"]
    home = subprocess.run(submit, capture_output=True, text=True, check=True).stdout.strip()
    command = [f"{home}/bin/spark-submit", "--master", "local[2]", "--jars", jars, wrapper, str(PROCESS), *arguments]
    process = subprocess.Popen(command, env=job_env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seen, output = Watch(process.pid), ""
    for line in process.stdout:
        output += line
        seen.look()
    assert process.wait(60) == 0, output

    result = read_result("full", "process")
    assert result["metrics"] == {"rowsRead": 608, "rowsWritten": 600, "rowsQuarantined": 8, "files": 4}
    assert result["outputs"] == {
        "curated": "curated/iris/batch=full",
        "quarantine": "quarantine/iris/batch=full",
        "profile": "runs/iris/full/profile.json",
        "checks": "runs/iris/full/checks.json",
    }
    table = read_parquet(lake, "curated/iris/batch=full")
    assert table.num_rows == 600
    assert table.column_names == SCHEMA.names
    assert {(bad["file"], bad["row"], bad["column"], bad["line"]) for bad in quarantined(lake, "full")} == {
        (f"landing/iris/full/{name}", row, column, line)
        for name in ODD_NAMES
        for row, column, line in [(152, "species", "1,2,3,4,rose"), (153, "sepal_length", "51,2,3,4,setosa")]
    }
    profile = json.loads(lake.read(result["outputs"]["profile"]))
    assert (profile["rows"], profile["label"]) == (600, "species")
    assert [feature["name"] for feature in profile["features"]] == SCHEMA.names
    report = json.loads(lake.read(result["outputs"]["checks"]))
    assert [check["failed"] for check in report["checks"]] == [4, 0]
    assert job_env["AZURE_STORAGE_KEY"] not in seen.commands
    assert "java" in seen.commands
    assert seen.addresses <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_a_batch_with_too_many_bad_rows_is_refused_and_quarantined(lake: Lake, start_job, read_result):
    lake.write("landing/iris/bad.csv", f"{HEADER}\n1,2,3,4,setosa\n1,x,3,4,setosa\n".encode())
    job = start_job(PROCESS, *write_batch(lake, "bad", ["landing/iris/bad.csv"]), "--param", "maxBadFraction=0.4")
    output = job.communicate(timeout=120)[0]
    assert job.returncode == 1, output
    result = read_result("bad", "process")
    error = result["error"]
    assert result["status"] == "Quarantined"
    assert error["reason"] == "TooManyBadRows"
    assert "landing/iris/bad.csv row 3 column sepal_width: 'x' is not a number" in error["message"]
    assert len(quarantined(lake, "bad")) == 1
    assert lake.list_files("curated/iris/batch=bad") == []


def test_a_batch_that_fails_a_check_as_a_whole_is_quarantined_and_says_why(lake: Lake, start_job, read_result):
    lake.write("landing/iris/few.csv", f"{HEADER}\n1,2,3,4,setosa\n".encode())
    job = start_job(PROCESS, *write_batch(lake, "few", ["landing/iris/few.csv"], CHECKS))
    output = job.communicate(timeout=120)[0]
    assert job.returncode == 1, output
    result = read_result("few", "process")
    assert result["status"] == "Quarantined"
    assert result["error"]["message"] == "The batch fails rows at least 10 (there are 1)."
    assert [check["failed"] for check in json.loads(lake.read("runs/iris/few/checks.json"))["checks"]] == [0, 1]
    assert lake.list_files("curated/iris/batch=few") == []


def test_the_drifted_sample_passes_the_schema_and_lies_in_other_bins(checked):
    samples = {
        name: PROCESS.with_name("sample").joinpath(f"{name}.csv").read_text() for name in ("iris", "iris-drifted")
    }
    before, after = (
        good_rows(checked(**{f"{name}.csv": text}), SCHEMA).coalesce(1).persist() for name, text in samples.items()
    )
    baseline = profile(before, pipeline="iris", batch="before")
    drifted = profile(after, pipeline="iris", batch="after", baseline=baseline)
    assert drifted["rows"] == baseline["rows"] == 150
    pairs = zip(baseline["features"][:4], drifted["features"][:4], strict=True)
    distances = [stability_index(*(feature["histogram"]["counts"] for feature in pair)) for pair in pairs]
    assert sum(distance > 0.5 for distance in distances) == 3


class Watch:
    """What a process tree showed while it ran: its command lines, and where it listened."""

    def __init__(self, pid: int):
        self.process = psutil.Process(pid)
        self.commands = ""
        self.addresses: set[str] = set()

    def look(self) -> None:
        with suppress(psutil.Error):  # a process may be gone by the time that it is looked at
            for process in [self.process, *self.process.children(recursive=True)]:
                self.commands += " ".join(process.cmdline())
                listening = [one for one in process.connections("tcp") if one.status == psutil.CONN_LISTEN]
                self.addresses |= {one.laddr.ip for one in listening}


def stability_index(before: list[int], after: list[int]) -> float:
    """The population stability index of two histograms, with half a row more in each bin."""
    shares = [[(rows + 0.5) / (sum(counts) + len(counts) / 2) for rows in counts] for counts in (before, after)]
    return sum((now - then) * math.log(now / then) for then, now in zip(*shares, strict=True))


def write_batch(lake: Lake, batch: str, files: list[str], checks: list[dict] | None = None) -> list[str]:
    """Writes the manifest, and pins the checks if there are any; returns the arguments of the job."""
    manifest = f"runs/iris/{batch}/batch.json"
    if checks:
        pinned = {"pipeline": {"process": {"checks": checks}}}
        lake.write(f"runs/iris/{batch}/pinned.json", json.dumps(pinned).encode())
    lake.write(manifest, json.dumps({"batchId": batch, "files": [{"path": path} for path in files]}).encode())
    return ["--run", batch, "--batch", batch, "--input", manifest, "--output", f"curated/iris/batch={batch}"]


def quarantined(lake: Lake, batch: str) -> list[dict]:
    """The rows that were set aside."""
    files = [path for path in lake.list_files(f"quarantine/iris/batch={batch}") if path.endswith(".json")]
    return [json.loads(line) for path in files for line in lake.read(path).decode().splitlines()]
