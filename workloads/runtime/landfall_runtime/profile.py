"""The profile of a batch: statistics of every column in the form of shared/profile.ts, computed by Spark alone.

Numbers are stacked into rows (feature, value) before they are put into bins: one expression for every column and bin
would be more code than the JVM compiles. Each step reads only the columns that it needs, but reads them anew, so hand
in a DataFrame that is persisted or comes from Parquet.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from landfall_runtime.job import Job

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
CUTS = tuple(step / 20 for step in range(1, 20))
TOP = 50
DISTINCT_ERROR = 0.03
# Of more rows, quantiles are taken from about so many: their ranks are off by 0.05% then.
SAMPLED_ROWS = 1_000_000
SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True)
class Feature:
    """A column to profile, as double or text; `known` has the baseline's cut points or categories."""

    place: int
    name: str
    data_type: str
    type: str
    column: Column
    known: list

    @property
    def values(self) -> Column:
        """The column without infinities."""
        return F.when(F.abs(self.column) < math.inf, self.column) if self.type == "number" else self.column


def write_profile(job: Job, df: DataFrame, label: str | None = None) -> str:
    """Profiles a batch with the bins of the job's baseline, if there is one; returns the profile's lake path."""
    path = f"{job.run_folder}/profile.json"
    document = profile(df, pipeline=job.pipeline, batch=job.batch, label=label, baseline=read_baseline(job))
    job.lake.write(path, json.dumps(document, allow_nan=False, indent=1).encode())
    return path


def read_baseline(job: Job) -> dict | None:
    """The profile in the baseline's folder, models/PIPELINE/VERSION; None when there is none to go by."""
    if job.baseline is None:
        return None
    folder = job.baseline.rstrip("/")
    try:
        baseline = json.loads(job.lake.read(f"{folder}/profile.json")) | {"batch": folder.rpartition("/")[2]}
        known_bins(baseline)
    except (FileNotFoundError, LookupError, TypeError, ValueError) as error:
        print(f"The batch makes its own bins, as {folder} has no usable profile: {error!r:.200}", flush=True)
        return None
    return baseline


def profile(
    df: DataFrame, *, pipeline: str, batch: str, label: str | None = None, baseline: Mapping | None = None
) -> dict:
    """The profile of all rows; dates and timestamps are numbers in it, in seconds since 1970-01-01 UTC."""
    known = known_bins(baseline) if baseline else {}
    found = [find_feature(place, column, known) for place, column in enumerate(df.schema)]
    features = [feature for feature in found if feature]
    columns = df.toDF(*[f"c{place}" for place in range(len(found))])  # names may hold any sign
    rows, *statistics = columns.agg(F.count("*"), *map(aggregate, features)).first()
    bins = bin_numbers(columns, [feature for feature in features if feature.type == "number"], rows)
    bins |= count_values(columns, [feature for feature in features if feature.type == "category"])
    return {
        "version": 1,
        "pipeline": pipeline,
        "batch": batch,
        "baseline": baseline["batch"] if baseline else None,
        "rows": rows,
        "label": label,
        "features": [
            describe(feature, row.asDict(), bins[feature.place])
            for feature, row in zip(features, statistics, strict=True)
        ],
        "skipped": [name for name, feature in zip(df.columns, found, strict=True) if feature is None],
    }


def known_bins(baseline: Mapping) -> dict[tuple[str, str], list]:
    """Cut points of a profile's numbers and values of its categories, by the feature's name and type."""
    known = {}
    for feature in baseline["features"]:
        if feature["type"] == "category":
            bins = [str(entry["value"]) for entry in feature["top"]]
        else:
            bins = [float(edge) for edge in feature["histogram"]["edges"]]
            if not all(map(math.isfinite, bins)) or any(left >= right for left, right in pairwise(bins)):
                raise ValueError(f"the cut points of {feature['name']} do not ascend")
        known[feature["name"], feature["type"]] = bins
    return known


def find_feature(place: int, field: T.StructField, known: Mapping[tuple[str, str], list]) -> Feature | None:
    """The feature that a column is; None for a type that has no statistics."""
    column, kind = as_number(F.col(f"c{place}"), field.dataType), "number"
    if column is None and isinstance(field.dataType, T.StringType | T.BooleanType):
        column, kind = F.col(f"c{place}").cast("string"), "category"
    if column is None:
        return None
    return Feature(place, field.name, field.dataType.simpleString(), kind, column, known.get((field.name, kind), []))


def as_number(column: Column, kind: T.DataType) -> Column | None:
    """The column as double, NaN as null, times in seconds since 1970-01-01 UTC; None for any other type."""
    if isinstance(kind, T.NumericType):
        return F.nanvl(column.cast("double"), F.lit(None).cast("double"))
    if isinstance(kind, T.DateType):
        return F.unix_date(column) * SECONDS_PER_DAY
    if isinstance(kind, T.TimestampType | T.TimestampNTZType):
        return column.cast("timestamp").cast("double")
    return None


def aggregate(feature: Feature) -> Column:
    """The statistics of a feature that need no bins."""
    values, count = feature.values, F.count(feature.values)
    statistics = {
        "count": count,
        "missing": F.count("*") - F.count(feature.column),
        "distinct": F.least(count, F.approx_count_distinct(values, DISTINCT_ERROR)),
    }
    if feature.type == "number":
        statistics |= {"infinite": F.count(feature.column) - count, "min": F.min(values), "max": F.max(values)}
        statistics |= {"mean": F.avg(values), "std": F.stddev_samp(values)}
    return F.struct(*[column.alias(name) for name, column in statistics.items()])


def stack(columns: DataFrame, features: list[Feature]) -> DataFrame:
    """One row (feature, value) for every value; `feature` is its place."""
    named = columns.select(*[feature.values.alias(f"v{feature.place}") for feature in features])
    pairs = ", ".join(f"{feature.place}, v{feature.place}" for feature in features)
    return named.selectExpr(f"stack({len(features)}, {pairs}) AS (feature, value)").where("value IS NOT NULL")


def bin_numbers(columns: DataFrame, numbers: list[Feature], rows: int) -> dict[int, dict]:
    """Quantiles and histogram of each number, by place."""
    if not numbers:
        return {}
    quantiles = find_quantiles(columns, numbers, rows)
    edges = {
        it.place: it.known or sorted({quantiles[it.place][cut] for cut in CUTS if quantiles[it.place]})
        for it in numbers
    }
    counts = count_bins(stack(columns, numbers), edges)
    return {
        place: {
            "quantiles": {str(it): quantiles[place][it] for it in QUANTILES if quantiles[place]},
            "histogram": {"edges": own, "counts": [counts[place, bin] for bin in range(len(own) + 1)]},
        }
        for place, own in edges.items()
    }


def find_quantiles(columns: DataFrame, numbers: list[Feature], rows: int) -> dict[int, dict[float, float]]:
    """The values at QUANTILES and CUTS, by place; none where there is no value."""
    sample = columns if rows <= SAMPLED_ROWS else columns.sample(SAMPLED_ROWS / rows, seed=0)
    at = sorted({*QUANTILES, *CUTS})
    found = stack(sample, numbers).groupBy("feature").agg(F.percentile_approx("value", at).alias("quantiles")).collect()
    return {it.place: {} for it in numbers} | {row.feature: dict(zip(at, row.quantiles, strict=True)) for row in found}


def count_bins(stacked: DataFrame, edges: Mapping[int, list[float]]) -> Counter[tuple[int, int]]:
    """Rows by place and bin: (-inf, c0], (c0, c1], … (ck-1, inf)."""
    steps = max(map(len, edges.values())).bit_length()
    width = 2**steps  # more than any number has cut points; those that it lacks lie at infinity
    by_place = [edges.get(place, []) for place in range(max(edges) + 1)]
    padded = [str(cut) for own in by_place for cut in [*own, *[math.inf] * (width - len(own))]]
    cuts = F.split(F.lit(",".join(padded)), ",").cast("array<double>")
    binned = stacked.withColumn("bin", F.lit(0))
    for half in [2**step for step in reversed(range(steps))]:  # a binary search, written out
        is_above = F.col("value") > F.get(cuts, F.col("feature") * width + F.col("bin") + (half - 1))
        binned = binned.withColumn("bin", F.col("bin") + F.when(is_above, half).otherwise(0))
    counted = binned.groupBy("feature", "bin").agg(F.count("*").alias("rows")).collect()
    return Counter({(row.feature, row.bin): row.rows for row in counted})


def count_values(columns: DataFrame, categories: list[Feature]) -> dict[int, dict]:
    """Rows of the most frequent and of all known values of each category, by place."""
    if not categories:
        return {}
    is_known = reduce(or_, [(F.col("feature") == it.place) & F.col("value").isin(it.known) for it in categories])
    order = Window.partitionBy("feature").orderBy(is_known.desc(), F.desc("rows"), "value")
    most = TOP + max(len(feature.known) for feature in categories)
    counted = stack(columns, categories).groupBy("feature", "value").agg(F.count("*").alias("rows"))
    counts = {it.place: dict.fromkeys(it.known, 0) for it in categories}
    for row in counted.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= most).collect():
        counts[row.feature][row.value] = row.rows
    return {it.place: {"top": list_values(counts[it.place], it.known)} for it in categories}


def list_values(counts: Mapping[str, int], known: list[str]) -> list[dict]:
    """The most frequent values first, and after them what else is known."""
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return [{"value": it, "count": counts[it]} for rank, it in enumerate(ranked) if rank < TOP or it in known]


def describe(feature: Feature, statistics: dict, bins: dict) -> dict:
    """The profile of one feature; a figure that overflowed is null, as JSON has no infinity."""
    named = {"name": feature.name, "dataType": feature.data_type, "type": feature.type}
    figures = {
        name: None if number is None or not math.isfinite(number) else number for name, number in statistics.items()
    }
    if feature.type == "category":
        figures["other"] = figures["count"] - sum(value["count"] for value in bins["top"])
        if not figures["other"]:  # nothing is left out, so nothing is to be estimated
            figures["distinct"] = sum(value["count"] > 0 for value in bins["top"])
    return named | figures | bins
