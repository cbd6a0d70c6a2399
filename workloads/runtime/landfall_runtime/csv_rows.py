"""Rows of CSV files, held against a schema: pure steps from one DataFrame to the next.

`read_lines`, `number`, `parse` and `check` follow each other; then `good_rows` and `bad_rows` tell them apart. Files
are read line by line, big ones in several parts at once, so that a row may not go over several lines.
"""

import re

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from landfall_runtime.checks import problem, quoted
from landfall_runtime.failure import JobFailure
from landfall_runtime.schema import Column as Field
from landfall_runtime.schema import Schema

SPARK_TYPES = {
    "number": T.DoubleType(),
    "integer": T.LongType(),
    "boolean": T.BooleanType(),
    "category": T.StringType(),
    "date": T.DateType(),
}
# What a value of each kind looks like: Java would also take 5.1f, NaN and Infinity for numbers.
FORMS = {
    "number": (r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", "is not a number"),
    "integer": (r"^[+-]?\d+$", "is not a whole number"),
    "boolean": (r"(?i)^(true|false|t|f|yes|no|y|n|1|0)$", "is neither true nor false"),
    "date": (r"^\d{4}-\d{2}-\d{2}([T ].*)?$", "is not a date such as 2026-11-24"),
}


def struct_type(schema: Schema) -> T.StructType:
    """The schema as Spark has it."""
    return T.StructType([T.StructField(it.name, SPARK_TYPES[it.kind], it.nullable) for it in schema.columns])


def read_rows(spark: SparkSession, uris: list[str], schema: Schema) -> DataFrame:
    """Every data row of the files: file, row, line, the columns of the schema, and problem."""
    return check(parse(number(read_lines(spark, uris), schema.delimiter), schema.delimiter), schema)


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


def number(lines: DataFrame, delimiter: str = ",") -> DataFrame:
    """Adds `row`, the number of the line in its file from 1, and `header`, the names in the file's first line.

    Serials count up within a block, and a block begins after all lines of the blocks before it, so that only one row
    per block is gathered and no line has to move.
    """
    blocks = lines.groupBy("file", "block").agg(
        F.min("serial").alias("first"), F.count("*").alias("lines"), F.min_by("line", "serial").alias("head")
    )
    in_file = Window.partitionBy("file").orderBy("block")
    lines_before = F.sum("lines").over(in_file.rowsBetween(Window.unboundedPreceding, -1))
    head = F.regexp_replace(F.first("head").over(in_file), r"^\x{FEFF}", "")
    starts = blocks.select(
        "file",
        "block",
        "first",
        F.coalesce(lines_before, F.lit(0)).alias("start"),
        F.transform(split_cells(head, delimiter), unquote).alias("header"),
    )
    row = F.col("start") + F.col("serial") - F.col("first") + 1
    return lines.join(F.broadcast(starts), ["file", "block"]).select("file", row.alias("row"), "header", "line")


def split_cells(line: Column, delimiter: str) -> Column:
    """The cells of a line as they are written, with their quotes: `a,"b, c"` has two."""
    sign = re.escape(delimiter)
    # Each match begins with a delimiter, the first with one that is put there: an empty match would lose a cell.
    cell = rf'{sign} *+("(?:[^"]++|"")*+"|[^{sign}]*+)'
    return F.regexp_extract_all(F.concat(F.lit(delimiter), line), F.lit(cell), F.lit(1))


def unquote(cell: Column) -> Column:
    """A cell's text, without quotes and spaces around it."""
    inner = F.replace(F.regexp_extract(cell, r'(?s)^"(.*)"$', 1), F.lit('""'), F.lit('"'))
    return F.trim(F.when(cell.startswith('"'), inner).otherwise(F.regexp_replace(cell, r"\s+$", "")))


def parse(lines: DataFrame, delimiter: str = ",") -> DataFrame:
    """Data lines with `cells`, an array of text in the header's order; null where a quote does not close."""
    data = lines.where((F.col("row") > 1) & (F.trim("line") != ""))
    written = split_cells(F.col("line"), delimiter)
    is_open = F.exists(written, lambda cell: cell.startswith('"') & ~cell.rlike(r'^"(?s:.*)"$') | (cell == '"'))
    return data.withColumn("cells", F.when(~is_open, F.transform(written, unquote)))


def check(rows: DataFrame, schema: Schema) -> DataFrame:
    """Adds the columns of the schema and `problem`, the first thing that is wrong with the row, or null."""
    texts = {field.name: value_text(field, schema) for field in schema.columns}
    problems = [header_problem(schema), width_problem()]
    problems += [field_problem(field, texts[field.name]) for field in schema.columns]
    typed = [texts[field.name].try_cast(SPARK_TYPES[field.kind]).alias(field.name) for field in schema.columns]
    return rows.select("file", "row", "line", *typed, F.coalesce(*problems).alias("problem"))


def value_text(field: Field, schema: Schema) -> Column:
    """The text of a column's cell; null where the value is missing."""
    text = F.get("cells", F.array_position("header", F.lit(field.name)) - 1)
    return F.when(~text.isin("", *schema.missing), text)


def header_problem(schema: Schema) -> Column:
    """A header must name each column of the schema once, in any order, and no other beside the ignored ones."""
    header, names, known = F.col("header"), F.lit(schema.names), F.lit([*schema.names, *schema.ignored])
    lacking, unknown = F.get(F.array_except(names, header), F.lit(0)), F.get(F.array_except(header, known), F.lit(0))
    is_repeated = F.size(header) > F.size(F.array_distinct(header))
    return (
        F.when(lacking.isNotNull(), problem(lacking, "the header lacks this column"))
        .when(unknown.isNotNull(), problem(unknown, "the header has this unknown column"))
        .when(is_repeated, problem(F.lit(None), "the header has a column twice"))
    )


def width_problem() -> Column:
    """A row must have as many cells as its header."""
    width = F.concat(F.lit("the row does not have "), F.size("header"), F.lit(" cells"))
    is_open = F.col("cells").isNull()
    return F.when(is_open, problem(F.lit(None), "a quote does not close in this line")).when(
        F.size("cells") != F.size("header"), problem(F.lit(None), width)
    )


def field_problem(field: Field, text: Column) -> Column:
    """A value must be there, unless it may be missing, and of the column's kind."""
    name = F.lit(field.name)
    found = F.when(F.lit(not field.nullable) & text.isNull(), problem(name, "there is no value"))
    if field.kind == "category":
        values = getattr(field, "values", None)
        return found if values is None else found.when(~text.isin(*values), wrong_category(name, values, text))
    form, reason = FORMS[field.kind]
    value = text.try_cast(SPARK_TYPES[field.kind])
    fits = text.rlike(form) & value.isNotNull()
    if field.kind == "number":
        fits &= F.abs(value) < float("inf")
    found = found.when(text.isNotNull() & ~fits, problem(name, reason, text))
    above = getattr(field, "above", None)
    if above is None:
        return found
    return found.when(value <= above, problem(name, f"is not above {'zero' if above == 0 else f'{above:g}'}", text))


def wrong_category(name: Column, values: tuple[str, ...], text: Column) -> Column:
    """What is wrong with a value that is none of those declared."""
    return problem(name, f"is not one of {', '.join(values)}", text)


def good_rows(checked: DataFrame, schema: Schema) -> DataFrame:
    """The rows that have no problem, as the schema declares them."""
    return checked.where("problem is null").select(*map(quoted, schema.names))


def bad_rows(checked: DataFrame) -> DataFrame:
    """The rows that have one: file, row, column, reason, value and the raw line."""
    return checked.where("problem is not null").select("file", "row", "problem.*", "line").orderBy("file", "row")
