"""Parquet folders of the lake as Arrow tables."""

import pyarrow
import pyarrow.parquet

from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake


def read_parquet(lake: Lake, folder: str) -> pyarrow.Table:
    """All rows of a folder that Spark has finished writing."""
    files = lake.list_files(folder)
    # Spark puts _SUCCESS there last: without it, the folder may be half of the data.
    if f"{folder}/_SUCCESS" not in files:
        raise JobFailure("NoData", f"{folder} has no finished data.", "Run the process stage of this batch first.")
    parts = [file for file in files if file.endswith(".parquet") and file.rpartition("/")[2][0] not in "._"]
    if not parts:
        raise JobFailure("NoData", f"{folder} has no Parquet files.", "Run the process stage of this batch again.")
    return pyarrow.concat_tables(
        pyarrow.parquet.read_table(pyarrow.BufferReader(lake.read(part)), partitioning=None) for part in parts
    )
