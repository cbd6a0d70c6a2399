"""Collects measurements from an instrument: here one that is simulated, so that there is something to collect offline.

Replace `measure` by what reads yours, be it a database, a paged API or an FTP server: the rest stays as it is. By hand,
from the root of the repository, with PYTHONPATH=workloads/runtime, LANDFALL_LAKE_URL and AZURE_STORAGE_KEY set:

    python -m landfall_runtime.job workloads/pipelines/iris/collect.py --run RUN --batch BATCH \
        --input runs/iris/_sources/instrument/state.json --output landing/iris/

The input is what the script remembers between collections, the output the folder where files land.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy
from landfall_runtime.failure import JobFailure
from landfall_runtime.job import Job
from landfall_runtime.landing import land
from landfall_runtime.parameters import read_parameters
from landfall_runtime.state import read_state, write_state

COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

# Means and standard deviations in centimetres, by species, as Fisher's data has them.
SPECIES = {
    "setosa": ([5.01, 3.43, 1.46, 0.25], [0.35, 0.38, 0.17, 0.11]),
    "versicolor": ([5.94, 2.77, 4.26, 1.33], [0.52, 0.31, 0.47, 0.20]),
    "virginica": ([6.59, 2.97, 5.55, 2.03], [0.64, 0.32, 0.55, 0.27]),
}

SMALLEST = 0.1


@dataclass(frozen=True)
class Parameters:
    """The parameters of the source."""

    flowers: int = 150


def main(job: Job) -> dict:
    """Fetches the next delivery, lands it, and remembers that it has come."""
    parameters = read_parameters(Parameters, job.params)
    if parameters.flowers < 1:
        raise JobFailure("BadParameter", "flowers must be 1 or more.", "Correct the source in pipeline.yaml.")
    delivery = read_state(job).get("deliveries", 0) + 1

    job.report(f"Measuring {parameters.flowers} flowers, delivery {delivery}.")
    landed = land(job, "measured.csv", to_csv(measure(parameters.flowers, delivery)))
    write_state(job, {"deliveries": delivery})

    outputs = {"measured": landed.path} if landed.is_new else {}
    return {"outputs": outputs, "metrics": {"flowers": parameters.flowers, "delivery": delivery}}


def measure(flowers: int, delivery: int) -> list[dict[str, float | str]]:
    """One row a flower, of each species as many; the same delivery, asked for again, is the same."""
    random = numpy.random.default_rng(delivery)
    names = list(SPECIES)
    rows = []
    for index in range(flowers):
        species = names[index % len(names)]
        drawn = numpy.maximum(random.normal(*SPECIES[species]).round(1), SMALLEST)
        rows.append({**dict(zip(COLUMNS, drawn.tolist(), strict=True)), "species": species})
    return rows


def to_csv(rows: Iterable[dict]) -> bytes:
    """The rows as the process stage reads them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, "species"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
