"""Times the profile of a batch against Spark's own `describe()`, on the same rows in the same session.

npm run bench -- profile [--rows 10000000]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workloads/runtime"))

from landfall_runtime.profile import profile
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

NUMBERS = 16
CATEGORIES = (10, 50, 200, 1000)
ROUNDS = 2
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "3g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def main() -> None:
    """Writes the rows into a temporary folder, then measures."""
    parser = argparse.ArgumentParser(prog="npm run bench -- profile", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of 20 columns, 130 bytes each on disk")
    rows = parser.parse_args().rows
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with (
        tempfile.TemporaryDirectory(prefix="landfall-bench-") as folder,
        SparkSession.builder.master("local[*]").config(map=SETTINGS).getOrCreate() as spark,
    ):
        spark.sparkContext.setLogLevel("ERROR")
        measure(write_rows(spark, max(rows // 20, 1), f"{folder}/warm-up"), 1, lambda _: None)
        batch = write_rows(spark, rows, f"{folder}/batch")
        print(
            f"{rows:,} rows of {len(batch.columns)} columns, {spark.sparkContext.defaultParallelism} cores", flush=True
        )
        seconds = measure(batch, ROUNDS, lambda line: print(line, flush=True))
    for name in list(seconds)[1:]:
        ratio = sum(seconds[name]) / sum(seconds["describe()"])
        print(f"{name}: {ratio:.2f} times as long as describe()")


def write_rows(spark: SparkSession, rows: int, folder: str) -> DataFrame:
    """Random rows in Parquet: doubles of several distributions, every fourth with missing values, and categories."""
    columns = [number(index).alias(f"number_{index}") for index in range(NUMBERS)]
    columns += [category(index, values).alias(f"category_{values}") for index, values in enumerate(CATEGORIES)]
    spark.range(0, rows, 1, 16).select(*columns).write.parquet(folder)
    return spark.read.parquet(folder)


def number(index: int) -> Column:
    """A normal or log-normal number."""
    value = F.randn(index) * (index + 1) if index % 2 else F.exp(F.randn(index))
    return F.when(F.rand(100 + index) > 0.05, value) if index % 4 == 0 else value


def category(index: int, values: int) -> Column:
    """One of so many values, some of them rare."""
    return F.concat(F.lit("value_"), F.floor(F.rand(200 + index) * F.rand(300 + index) * values))


def measure(batch: DataFrame, rounds: int, say: Callable[[str], None]) -> dict[str, list[float]]:
    """Seconds of each of the rounds, in which the candidates take turns."""
    baseline = profile(batch, pipeline="bench", batch="baseline")
    candidates = {
        "describe()": lambda: batch.describe().collect(),
        "profile of a first batch": lambda: profile(batch, pipeline="bench", batch="b"),
        "profile with a baseline": lambda: profile(batch, pipeline="bench", batch="b", baseline=baseline),
    }
    seconds = {name: [] for name in candidates}
    for turn in range(1, rounds + 1):
        for name, run in candidates.items():
            start = time.monotonic()
            run()
            seconds[name].append(time.monotonic() - start)
            say(f"round {turn}  {name:26} {seconds[name][-1]:7.1f} s")
    return seconds


if __name__ == "__main__":
    main()
