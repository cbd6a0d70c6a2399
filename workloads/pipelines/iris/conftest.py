"""Fixtures of the iris pipeline: its sample as a finished batch, and a model that was trained on it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
import torch.distributed
from landfall_runtime.job import make_job, parse
from landfall_runtime.lake import Lake
from train import main

HERE = Path(__file__).resolve().parent
CURATED = "curated/iris/batch=sample"


@pytest.fixture(scope="session")
def sample() -> pyarrow.Table:
    """The sample's rows, typed as the process stage types them."""
    rows = list(csv.DictReader((HERE / "sample/iris.csv").read_text().splitlines()))
    number, label = pyarrow.float64(), pyarrow.string()
    schema = pyarrow.schema([(name, label if name == "species" else number) for name in rows[0]])
    return pyarrow.Table.from_pylist(
        [{name: text if name == "species" else float(text) for name, text in row.items()} for row in rows], schema
    )


@pytest.fixture(scope="session")
def curated(lake: Lake, sample: pyarrow.Table) -> str:
    """The sample in the lake, in two Parquet files."""
    for index, part in enumerate([sample.slice(100), sample.slice(0, 100)]):
        buffer = io.BytesIO()
        pyarrow.parquet.write_table(part, buffer)
        lake.write(f"{CURATED}/part-{index}.parquet", buffer.getvalue())
    lake.write(f"{CURATED}/_SUCCESS", b"done")
    return CURATED


@pytest.fixture(scope="session")
def train_here(lake: Lake, job_env: dict[str, str], curated: str) -> Callable[..., dict]:
    """`train_here(run, *arguments)` trains with one rank in this process and is what the script returns."""

    def train(run: str, *arguments: str) -> dict:
        given = ["--run", run, "--batch", run, "--input", curated, "--output", f"models/iris/{run}"]
        try:
            return main(make_job(parse([str(HERE / "train.py"), *given, *arguments]), job_env, lake))
        finally:
            # A job that fails leaves its group to the end of its process.
            if torch.distributed.is_initialized():
                torch.distributed.destroy_process_group()

    return train


@pytest.fixture(scope="session")
def trained(train_here: Callable[..., dict]) -> str:
    """The folder of a good model in the lake."""
    outcome = train_here("trained", "--param", "epochs=40")
    assert outcome["metrics"]["accuracy"] >= 0.9
    return outcome["outputs"]["model"]
