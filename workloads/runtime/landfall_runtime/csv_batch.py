"""The process stage of a pipeline whose batches are CSV files: rows that fit its schema in, typed Parquet out."""

import json
import os
from dataclasses import dataclass

from pyspark import StorageLevel
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from landfall_runtime.checks import add_failures, declared_checks, write_report
from landfall_runtime.csv_rows import bad_rows, good_rows, read_rows
from landfall_runtime.failure import BatchQuarantined
from landfall_runtime.job import Job
from landfall_runtime.parameters import read_parameters
from landfall_runtime.profile import write_profile
from landfall_runtime.schema import Schema
from landfall_runtime.spark import spark_session

ROWS_PER_FILE = 1_000_000
ROWS_NAMED = 3


@dataclass(frozen=True)
class ProcessParameters:
    """The parameters of the process stage: how much of a batch may be bad before all of it is refused."""

    max_bad_fraction: float = 0.1


def process_batch(job: Job, schema: Schema) -> dict:
    """Reads the batch, keeps the good rows, quarantines the bad ones, and profiles what it kept.

    The input is the batch's manifest. Bad rows go to quarantine/PIPELINE/batch=BATCH as JSON lines.
    """
    parameters = read_parameters(ProcessParameters, job.params)
    checks = declared_checks(job)
    files = sorted({file["path"] for file in json.loads(job.lake.read(job.input))["files"]})

    job.report(f"Files to read: {len(files)}.", 0.1)
    with spark_session(f"{job.pipeline} process", os.environ) as spark:
        rows = read_rows(spark, [job.lake.abfs_uri(file) for file in files], schema)
        checked = add_failures(rows, checks).persist(StorageLevel.MEMORY_AND_DISK)
        read, bad = checked.agg(F.count("*"), F.count("problem")).first()
        report, refusal = write_report(job, checked, checks)
        quarantine = write_bad_rows(job, checked, read, bad)
        if read == bad or bad > read * parameters.max_bad_fraction:
            raise too_many(read, bad, parameters.max_bad_fraction, bad_rows(checked).limit(ROWS_NAMED).collect())
        if refusal:
            raise refusal
        write_good_rows(job, good_rows(checked, schema), read - bad)
        job.report("Profiling what was written.", 0.9)
        profile = write_profile(job, good_rows(checked, schema), schema.target)

    outputs = {"curated": job.output, "profile": profile, "checks": report} | quarantine
    metrics = {"rowsRead": read, "rowsWritten": read - bad, "rowsQuarantined": bad, "files": len(files)}
    return {"outputs": outputs, "metrics": metrics}


def write_bad_rows(job: Job, checked: DataFrame, read: int, bad: int) -> dict:
    """Sets the bad rows aside, if there are any; returns where, as an output of the job."""
    if not bad:
        return {}
    job.report(f"Setting {bad} of {read} rows aside.", 0.5)
    folder = f"quarantine/{job.pipeline}/batch={job.batch}"
    bad_rows(checked).coalesce(1).write.mode("overwrite").json(job.lake.abfs_uri(folder))
    return {"quarantine": folder}


def write_good_rows(job: Job, good: DataFrame, rows: int) -> None:
    """Writes the rows to train on, about a million a file."""
    job.report(f"Writing {rows} rows.", 0.7)
    good.coalesce(-(-rows // ROWS_PER_FILE)).write.mode("overwrite").parquet(job.lake.abfs_uri(job.output))


def too_many(read: int, bad: int, allowed: float, first: list[Row]) -> BatchQuarantined:
    """The failure of a batch that is not worth training on; names the first bad rows."""
    if not read:
        return BatchQuarantined(
            "TooManyBadRows", "The batch has no rows at all.", "Drop files with rows below the header."
        )
    named = "; ".join(describe(row) for row in first)
    message = (
        f"{bad} of {read} rows are bad, and at most {allowed:.0%} may be: {named}{'; …' if bad > len(first) else '.'}"
    )
    return BatchQuarantined(
        "TooManyBadRows", message, "Correct the files and drop them again; all bad rows are in quarantine."
    )


def describe(row: Row) -> str:
    """One bad row in words."""
    where = f"{row.file} row {row.row}" + (f" column {row.column}" if row.column else "")
    return f"{where}: " + (f"{row.value!r} {row.reason}" if row.value is not None else row.reason)
