"""Turns a batch of CSV files into typed Parquet, sets bad rows aside, and profiles the rest.

By hand, from the root of the repository, with PYTHONPATH=workloads/runtime, LANDFALL_LAKE_URL, AZURE_STORAGE_KEY and
PYSPARK_PYTHON (the same python) set:

    PYSPARK_SUBMIT_ARGS="--jars hadoop-azure-3.4.1.jar pyspark-shell" python -m landfall_runtime.job \
        workloads/pipelines/iris/process.py --run RUN --batch BATCH \
        --input runs/iris/RUN/batch.json --output curated/iris/batch=BATCH

The input is the batch's manifest. Bad rows go to quarantine/PIPELINE/batch=BATCH as JSON lines.
"""

from landfall_runtime.csv_batch import process_batch
from landfall_runtime.job import Job
from schema import SCHEMA


def main(job: Job) -> dict:
    """Reads the batch, keeps the rows that fit the schema and the declared checks, quarantines the others."""
    return process_batch(job, SCHEMA)
