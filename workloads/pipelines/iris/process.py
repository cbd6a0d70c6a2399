"""Turns a batch of CSV files into typed Parquet, sets bad rows aside, and profiles the rest.

By hand, from the root of the repository, with PYTHONPATH=workloads/runtime, LANDFALL_LAKE_URL, AZURE_STORAGE_KEY and
PYSPARK_PYTHON (the same python) set:

    PYSPARK_SUBMIT_ARGS="--jars hadoop-azure-3.4.1.jar pyspark-shell" python -m landfall_runtime.job \
        workloads/pipelines/iris/process.py --run RUN --batch BATCH \
        --input runs/iris/RUN/batch.json --output curated/iris/batch=BATCH

The input is the batch's manifest. Bad rows go to quarantine/PIPELINE/batch=BATCH as JSON lines.
"""

import json
import os
import re
from dataclasses import dataclass

from landfall_runtime.checks import add_failures, declared_checks, problem, write_report
from landfall_runtime.failure import BatchQuarantined, JobFailure
from landfall_runtime.job import Job
from landfall_runtime.parameters import read_parameters
from landfall_runtime.profile import write_profile
from landfall_runtime.spark import spark_session
from pyspark import StorageLevel
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

LABEL = "species"
SPECIES = ["setosa", "versicolor", "virginica"]

SCHEMA = StructType(
    [
        StructField("sepal_length", DoubleType(), nullable=False),
        StructField("sepal_width", DoubleType(), nullable=False),
        StructField("petal_length", DoubleType(), nullable=False),
        StructField("petal_width", DoubleType(), nullable=False),
        StructField(LABEL, StringType(), nullable=False),
    ]
)

ROWS_PER_FILE = 1_000_000
ROWS_NAMED = 3


@dataclass(frozen=True)
class Parameters:
    """The parameters of the process stage."""

    max_bad_fraction: float = 0.1


def main(job: Job) -> dict:
    """Reads the batch, keeps the good rows, quarantines the bad ones."""
    parameters = read_parameters(Parameters, job.params)
    checks = declared_checks(job)
    files = sorted({file["path"] for file in json.loads(job.lake.read(job.input))["files"]})

    job.report(f"Files to read: {len(files)}.", 0.1)
    with spark_session(f"{job.pipeline} process", os.environ) as spark:
        lines = read_lines(spark, [job.lake.abfs_uri(file) for file in files])
        checked = add_failures(check(parse(number(lines))), checks).persist(StorageLevel.MEMORY_AND_DISK)
        read, bad = checked.agg(F.count("*"), F.count("problem")).first()
        report, refusal = write_report(job, checked, checks)

        quarantine = f"quarantine/{job.pipeline}/batch={job.batch}"
        if bad:
            job.report(f"Setting {bad} of {read} rows aside.", 0.5)
            bad_rows(checked).coalesce(1).write.mode("overwrite").json(job.lake.abfs_uri(quarantine))
        if read == bad or bad > read * parameters.max_bad_fraction:
            raise too_many(read, bad, parameters.max_bad_fraction, bad_rows(checked).limit(ROWS_NAMED).collect())
        if refusal:
            raise refusal

        job.report(f"Writing {read - bad} rows.", 0.7)
        parts = -(-read // ROWS_PER_FILE)
        good_rows(checked).coalesce(parts).write.mode("overwrite").parquet(job.lake.abfs_uri(job.output))
        job.report("Profiling what was written.", 0.9)
        profile = write_profile(job, good_rows(checked), LABEL)

    outputs = {"curated": job.output, "profile": profile, "checks": report}
    outputs |= {"quarantine": quarantine} if bad else {}
    metrics = {"rowsRead": read, "rowsWritten": read - bad, "rowsQuarantined": bad, "files": len(files)}
    return {"outputs": outputs, "metrics": metrics}


def read_lines(spark: SparkSession, uris: list[str]) -> DataFrame:
    """Every line of the files: file (a lake path), block (where its split begins), serial and line."""
    try:
        text = spark.read.text([literal(uri) for uri in uris])
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        message = f"A file of the batch is gone: {error.getMessageParameters()['path']}."
        raise JobFailure("FileMissing", message, "Drop it into the landing zone again.") from None
    return text.select(
        lake_path(F.col("_metadata.file_path")).alias("file"),
        F.col("_metadata.file_block_start").alias("block"),
        F.monotonically_increasing_id().alias("serial"),
        F.col("value").alias("line"),
    )


def literal(uri: str) -> str:
    """The URI with the signs escaped that Hadoop would take for a pattern: `a[1]*.csv` is a name here."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", uri)


def lake_path(uri: Column) -> Column:
    """`abfs://FILESYSTEM@HOST/a%20b.csv` as the lake path `FILESYSTEM/a b.csv`."""
    # A plus sign is itself in a path, but url_decode, made for forms, takes it for a space.
    decoded = F.url_decode(F.replace(uri, F.lit("+"), F.lit("%2B")))
    return F.regexp_replace(decoded, r"^\w+://([^@/]+)@[^/]+/", "$1/")


def number(lines: DataFrame) -> DataFrame:
    """Adds `row`, the number of the line in its file from 1, and `header`, the names in the file's first line.

    Serials count up within a block, and a block begins after all lines of the blocks before it, so that only one row
    per block is gathered and no line has to move.
    """
    blocks = lines.groupBy("file", "block").agg(
        F.min("serial").alias("first"), F.count("*").alias("lines"), F.min_by("line", "serial").alias("head")
    )
    in_file = Window.partitionBy("file").orderBy("block")
    lines_before = F.sum("lines").over(in_file.rowsBetween(Window.unboundedPreceding, -1))
    header = F.transform(F.split(F.first("head").over(in_file), ","), strip_name)
    starts = blocks.select(
        "file", "block", "first", F.coalesce(lines_before, F.lit(0)).alias("start"), header.alias("header")
    )
    row = F.col("start") + F.col("serial") - F.col("first") + 1
    return lines.join(F.broadcast(starts), ["file", "block"]).select("file", row.alias("row"), "header", "line")


def strip_name(cell: Column) -> Column:
    """A column's name without quotes, spaces and byte order mark around it."""
    return F.regexp_replace(cell, r"^[\s\x{FEFF}\"]+|[\s\"]+$", "")


def parse(lines: DataFrame) -> DataFrame:
    """Data lines with `cells`, an array of text in the header's order, or null where there are too few or too many."""
    names = [f"c{index}" for index in range(len(SCHEMA))]
    layout = ", ".join(f"{name} string" for name in [*names, "corrupt"])
    parsed = F.from_csv("line", F.lit(layout), {"columnNameOfCorruptRecord": "corrupt"})
    cells = F.when(F.col("parsed.corrupt").isNull(), F.array(*[F.trim(f"parsed.{name}") for name in names]))
    data = lines.where((F.col("row") > 1) & (F.trim("line") != ""))
    return data.withColumn("parsed", parsed).select("file", "row", "header", "line", cells.alias("cells"))


def check(rows: DataFrame) -> DataFrame:
    """Adds the columns of the schema and `problem`, the first thing that is wrong with the row, or null."""
    texts = {field.name: F.get("cells", F.array_position("header", F.lit(field.name)) - 1) for field in SCHEMA}
    problems = [header_problem(), width_problem()]
    problems += [field_problem(field, texts[field.name]) for field in SCHEMA]
    typed = [texts[field.name].try_cast(field.dataType).alias(field.name) for field in SCHEMA]
    return rows.select("file", "row", "line", *typed, F.coalesce(*problems).alias("problem"))


def header_problem() -> Column:
    """A header must name each column of the schema once, in any order, and no other."""
    header, names = F.col("header"), F.lit([field.name for field in SCHEMA])
    lacking, unknown = F.get(F.array_except(names, header), F.lit(0)), F.get(F.array_except(header, names), F.lit(0))
    is_repeated = F.size(header) > F.size(F.array_distinct(header))
    return (
        F.when(lacking.isNotNull(), problem(lacking, "the header lacks this column"))
        .when(unknown.isNotNull(), problem(unknown, "the header has this unknown column"))
        .when(is_repeated, problem(F.lit(None), "the header has a column twice"))
    )


def width_problem() -> Column:
    """A row must have as many cells as its header."""
    return F.when(F.col("cells").isNull(), problem(F.lit(None), f"the row does not have {len(SCHEMA)} cells"))


def field_problem(field: StructField, text: Column) -> Column:
    """A measurement must be a number above zero, a species one of the three."""
    name = F.lit(field.name)
    missing = F.when(text.isNull() | (text == ""), problem(name, "there is no value"))
    if field.dataType == StringType():
        return missing.when(~text.isin(SPECIES), problem(name, f"is not one of {', '.join(SPECIES)}", text))
    number = text.try_cast(field.dataType)
    # Java would also take 5.1f, NaN and Infinity for numbers.
    is_number = text.rlike(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$") & (number < float("inf"))
    return missing.when(~is_number, problem(name, "is not a number", text)).when(
        number <= 0, problem(name, "is not above zero", text)
    )


def good_rows(checked: DataFrame) -> DataFrame:
    """The rows that have no problem, as the schema declares them."""
    return checked.where("problem is null").select(*SCHEMA.names)


def bad_rows(checked: DataFrame) -> DataFrame:
    """The rows that have one: file, row, column, reason, value and the raw line."""
    return checked.where("problem is not null").select("file", "row", "problem.*", "line").orderBy("file", "row")


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
