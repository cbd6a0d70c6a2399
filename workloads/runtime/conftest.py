"""Fixtures of the runtime's tests: a Spark session, and the app's schemas to hold documents against."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from landfall_runtime.job import Job, make_job, parse
from landfall_runtime.lake import Lake
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
SPARK_SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="module")
def spark(job_env: dict[str, str]) -> Iterator[SparkSession]:
    """A Spark session of two cores."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Tests are over before what the JVM's second compiler makes pays off.
    os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1")
    if "JAVA_HOME" in job_env:
        os.environ["JAVA_HOME"] = job_env["JAVA_HOME"]
    with SparkSession.builder.master("local[2]").config(map=SPARK_SETTINGS).getOrCreate() as session:
        yield session


@pytest.fixture
def new_job(lake: Lake) -> Callable[..., Job]:
    """`new_job(run)` is a job that runs in this process."""

    def make(run: str, baseline: str | None = None) -> Job:
        arguments = ["process.py", "--run", run, "--batch", "b7", "--input", "runs/x", "--output", "curated/x"]
        arguments += ["--baseline", baseline] if baseline else []
        return make_job(parse(arguments), {"LANDFALL_PIPELINE": "iris"}, lake)

    return make


@pytest.fixture(scope="session")
def assert_schema() -> Callable[[str, str, dict], None]:
    """`assert_schema(file, name, document)` fails unless the app's schema takes the document as it is."""

    def check(file: str, name: str, document: dict) -> None:
        code = (
            f"import {{ {name} }} from './shared/{file}';"
            f"const text = await new Response(process.stdin).text();"
            f"console.log(JSON.stringify({name}.parse(JSON.parse(text))));"
        )
        command = [os.environ.get("LANDFALL_NODE", "node"), "--input-type=module", "--eval", code]
        text = json.dumps(document, allow_nan=False)
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == document

    return check
