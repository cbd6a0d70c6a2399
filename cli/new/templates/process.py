"""Turns a batch of CSV files into typed Parquet, sets rows aside that do not fit schema.py, and profiles the rest.

What rows are like beyond that is declared in pipeline.yaml, under process.checks. To change how rows are read, call the
steps of landfall_runtime.csv_rows here by yourself.
"""

from landfall_runtime.csv_batch import process_batch
from landfall_runtime.job import Job
from schema import SCHEMA


def main(job: Job) -> dict:
    """Reads the batch, keeps the rows that fit the schema and the declared checks, quarantines the others."""
    return process_batch(job, SCHEMA)
