"""The data checks that a pipeline declares under `process.checks`, in the forms of shared/data-checks.ts.

The rows to check have the columns file, row, line and problem (null if the row fits the schema) beside the data. Each
check looks at every row that fits, whatever other checks say of it; a missing value fails only `nullable: false`.
"""

import json
import math
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from landfall_runtime.failure import BatchQuarantined, JobFailure
from landfall_runtime.job import Job
from landfall_runtime.profile import as_number

ROW_COLUMNS = ("file", "row", "line", "problem", "failures")
SAMPLES = 5


def declared_checks(job: Job) -> list[dict]:
    """The checks that the run has pinned; none when the job is run by hand."""
    return job.pinned.get("pipeline", {}).get("process", {}).get("checks", [])


def add_failures(rows: DataFrame, checks: list[dict]) -> DataFrame:
    """Adds `failures`, the failed checks' indexes (null if the row does not fit); quarantineRows fills `problem`."""
    fits = F.col("problem").isNull()
    judged = {index: judge(rows, check) for index, check in enumerate(checks) if "rows" not in check}
    failures = F.array(*[F.when(failed, index) for index, (failed, _) in judged.items()]).cast("array<int>")
    problems = [
        F.when(fits & failed, told)
        for index, (failed, told) in judged.items()
        if checks[index]["onFailure"] == "quarantineRows"
    ]
    return rows.withColumns(
        {"failures": F.when(fits, F.array_compact(failures)), "problem": F.coalesce("problem", *problems)}
    )


def problem(column: Column, reason: str, value: Column | None = None) -> Column:
    """What is wrong with a row: the column, the reason and the value, as far as they can be told."""
    value = F.lit(None) if value is None else value
    told = {"column": column, "reason": F.lit(reason), "value": value}
    return F.struct(*[it.cast("string").alias(name) for name, it in told.items()])


def judge(rows: DataFrame, check: Mapping) -> tuple[Column, Column]:
    """Whether a row fails a check, and what is wrong with it then."""
    if "unique" in check:
        return judge_unique(rows, check["unique"])
    column, value, kind = find_column(rows, check["column"])
    if "nullable" in check:
        return value.isNull(), problem(F.lit(check["column"]), "there is no value")
    if "allowed" in check:
        passes = value.isin(allowed_values(check, kind))
        reason = f"is not one of {listed(check['allowed'])}"
    else:
        if as_number(column, kind) is None:
            raise bad_check(f"{describe(check)}: a column of type {kind.simpleString()} has no range.")
        passes = value.between(check.get("min", -math.inf), check.get("max", math.inf))
        reason = f"is not {limits(check)}"
    return value.isNotNull() & ~passes, problem(F.lit(check["column"]), reason, column)


def judge_unique(rows: DataFrame, names: list[str]) -> tuple[Column, Column]:
    """Of rows with the same values only the first, by file and row, passes; a missing value is like no other."""
    columns = [find_column(rows, name) for name in names]
    values = [value for _, value, _ in columns]
    same = Window.partitionBy(F.col("problem").isNull(), *values).orderBy("file", "row")
    repeats = reduce(and_, [value.isNotNull() for value in values]) & (F.row_number().over(same) > 1)
    told = F.concat_ws(", ", *[column.cast("string") for column, _, _ in columns])
    return repeats, problem(F.lit(listed(names)), "is in an earlier row already", told)


def find_column(rows: DataFrame, name: str) -> tuple[Column, Column, T.DataType]:
    """A data column as it is, the values to judge (numbers as double, NaN as null), and its type."""
    kinds = {field.name: field.dataType for field in rows.schema if field.name not in ROW_COLUMNS}
    if name not in kinds:
        raise bad_check(f"There is no column {name}; there are {listed(kinds)}.")
    column = F.col(quoted(name))
    number = as_number(column, kinds[name])
    return column, column if number is None else number, kinds[name]


def quoted(name: str) -> str:
    """The name as Spark takes it, whatever signs it has."""
    return "`" + name.replace("`", "``") + "`"


def allowed_values(check: Mapping, kind: T.DataType) -> list:
    """The allowed values; they must be of the column's kind, else no row could pass."""
    wanted = {T.StringType: {str}, T.BooleanType: {bool}}.get(type(kind), {int, float})
    wrong = [value for value in check["allowed"] if type(value) not in wanted]
    if wrong:
        raise bad_check(f"{describe(check)}: no value of a column of type {kind.simpleString()} is {wrong[0]!r}.")
    return check["allowed"]


def bad_check(message: str) -> JobFailure:
    """The failure of a check that cannot be evaluated."""
    return JobFailure("BadCheck", message, "Correct process.checks in pipeline.yaml.")


def write_report(job: Job, checked: DataFrame, checks: list[dict]) -> tuple[str, BatchQuarantined | None]:
    """Writes checks.json; returns its lake path, and why the whole batch must be set aside, or None."""
    path = f"{job.run_folder}/checks.json"
    rows, failing = checked.agg(F.count("failures"), F.count_if(F.size("failures") > 0)).first()
    found = find_failures(checked) if failing else {}
    found |= {
        index: rows_failure(check["rows"], rows, rows_before(job))
        for index, check in enumerate(checks)
        if "rows" in check
    }
    report = [
        {"check": describe(check), "onFailure": check["onFailure"], **found.get(index, {"failed": 0, "samples": []})}
        for index, check in enumerate(checks)
    ]
    job.lake.write(path, json.dumps({"version": 1, "rows": rows, "checks": report}, allow_nan=False, indent=1).encode())
    failed = [it for it in report if it["failed"] and it["onFailure"] == "quarantineBatch"]
    return path, refusal(failed, path) if failed else None


def find_failures(checked: DataFrame) -> dict[int, dict]:
    """How many rows failed, and the first of them, by the check's index."""
    data = [name for name in checked.columns if name not in ROW_COLUMNS]
    sample = F.to_json(F.struct("file", "row", *map(quoted, data)), {"ignoreNullFields": "false"})
    failures = checked.select(F.explode("failures").alias("check"), "file", "row", sample.alias("sample"))
    found = {check: {"failed": rows, "samples": []} for check, rows in failures.groupBy("check").count().collect()}
    rank = F.row_number().over(Window.partitionBy("check").orderBy("file", "row"))
    first = failures.withColumn("rank", rank).where(F.col("rank") <= SAMPLES).orderBy("check", "rank")
    for row in first.collect():
        found[row.check]["samples"].append(json.loads(row.sample))
    return found


def rows_failure(limits: Mapping, rows: int, before: int | None) -> dict:
    """The rule on the number of rows, as a check that fails once for the whole batch."""
    fails = not limits.get("min", 0) <= rows <= limits.get("max", math.inf)
    if before and "changeAtMost" in limits:
        fails |= abs(rows - before) > limits["changeAtMost"] * before
    return {"failed": int(fails), "samples": [{"rows": rows, "rowsBefore": before}] if fails else []}


def rows_before(job: Job) -> int | None:
    """The rows of the batch that the last version was trained on; None when there is none to compare with."""
    try:
        return json.loads(job.lake.read(f"{job.pinned['previous']}/profile.json"))["rows"]
    except (FileNotFoundError, LookupError, TypeError, ValueError):
        return None


def refusal(failed: list[dict], path: str) -> BatchQuarantined:
    """The failure of a batch that must not be used."""
    named = "; ".join(f"{it['check']} ({tell(it['failed'], it['samples'][0])})" for it in failed)
    hint = f"{path} has samples; correct the files and drop them again."
    return BatchQuarantined("BatchQuarantined", f"The batch fails {named}.", hint)


def tell(failed: int, sample: Mapping) -> str:
    """How a check failed, by one of its samples."""
    if "file" in sample:
        return f"{failed} failed, such as {json.dumps(sample)}"
    before = "" if sample["rowsBefore"] is None else f", {sample['rowsBefore']} in the last batch"
    return f"there are {sample['rows']}{before}"


def describe(check: Mapping) -> str:
    """The check in words."""
    if "unique" in check:
        return f"{listed(check['unique'])} unique"
    if "nullable" in check:
        return f"{check['column']} not missing"
    if "allowed" in check:
        return f"{check['column']} one of {listed(check['allowed'])}"
    return f"rows {limits(check['rows'])}" if "rows" in check else f"{check['column']} {limits(check)}"


def limits(check: Mapping) -> str:
    """The limits of a range, or of the number of rows, in words."""
    words = []
    if "min" in check and "max" in check:
        words.append(f"between {check['min']} and {check['max']}")
    elif "min" in check or "max" in check:
        words.append(f"at least {check['min']}" if "min" in check else f"at most {check['max']}")
    if "changeAtMost" in check:
        words.append(f"changed by at most {check['changeAtMost']:.0%}")
    return " and ".join(words)


def listed(values: Iterable) -> str:
    """The values in one line."""
    return ", ".join(map(str, values))
