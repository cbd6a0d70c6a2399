"""Fixtures of the iris pipeline: its sample as a finished batch, and a model that was trained on it."""

import csv
import io
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from landfall_runtime.lake import Lake

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
