"""Runs a pipeline script as a job: calls its `main(job)` and leaves the result in the lake.

    python -m landfall_runtime.job SCRIPT --run RUN --batch BATCH --input LAKEPATH --output LAKEPATH \
        [--baseline LAKEPATH] [--initial-weights LAKEPATH] [--param name=value ...]

The baseline is the champion's model folder, models/PIPELINE/VERSION, which the new model is compared with; initial
weights are a state dict that the training begins with, as models/PIPELINE/VERSION/weights.pt; without them, fresh.

Environment: LANDFALL_LAKE_URL and AZURE_STORAGE_KEY (or an identity); LANDFALL_PIPELINE, LANDFALL_STAGE and
LANDFALL_ATTEMPT, which by hand follow from the script's path. The result is written to
runs/PIPELINE/RUN/STAGE/ATTEMPT/result.json, as the last act, whether the script succeeded, failed or was told to stop.
"""

import argparse
import importlib.util
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake, lake_from_environment
from landfall_runtime.progress import Progress
from landfall_runtime.result import Result, failed, succeeded
from landfall_runtime.termination import on_termination
from landfall_runtime.tracing import Trace, start_trace

__all__ = ["Job", "JobFailure", "run"]


@dataclass(frozen=True)
class Job:
    """What a script is given: who it works for, what it reads and writes, and its parameters."""

    run: str
    batch: str
    input: str
    output: str
    baseline: str | None
    initial_weights: str | None
    params: dict[str, str]
    pipeline: str
    stage: str
    attempt: int
    lake: Lake = field(repr=False)
    progress: Callable[[str, float | None], None] = field(repr=False)

    @property
    def run_folder(self) -> str:
        """The lake folder of this run."""
        return f"runs/{self.pipeline}/{self.run}"

    @property
    def stage_folder(self) -> str:
        """The lake folder of this stage of the run, which all attempts share."""
        return f"{self.run_folder}/{self.stage}"

    @property
    def attempt_folder(self) -> str:
        """The lake folder of this attempt."""
        return f"{self.stage_folder}/{self.attempt}"

    @cached_property
    def pinned(self) -> dict[str, Any]:
        """What the run has pinned, such as its pipeline; empty when the job is run by hand."""
        try:
            return json.loads(self.lake.read(f"{self.run_folder}/pinned.json"))
        except FileNotFoundError:
            return {}

    def report(self, message: str, fraction: float | None = None) -> None:
        """Says what the job is at, and how much of it is done (0 to 1)."""
        self.progress(message, fraction)


def run(argv: list[str], env: Mapping[str, str]) -> int:
    """Runs the script of the arguments; returns the exit code."""
    arguments = parse(argv)
    try:
        lake = lake_from_environment(env)
    except JobFailure as failure:
        print(f"{failure}\n{failure.hint}", file=sys.stderr)
        return 1
    job = make_job(arguments, env, lake)
    rank = int(env.get("RANK", "0"))
    result = Result(lake, f"{job.attempt_folder}/result.json", rank)
    trace = start_trace(env, f"{job.stage} job", facts(job, rank))
    job = replace(job, progress=traced(job.progress, trace))

    def end(outcome: Mapping[str, Any]) -> None:
        result.write(outcome)
        trace.end(outcome)

    on_termination(lambda: end(failed(terminated())))
    try:
        outcome = succeeded(load_main(arguments.script)(job))
    except BaseException as error:  # a script that exits, or is interrupted, has failed as well
        traceback.print_exc()
        outcome = failed(error)
    end(outcome)
    return 0 if outcome["status"] == "Succeeded" else 1


def parse(argv: list[str]) -> argparse.Namespace:
    """The arguments of the job contract."""
    parser = argparse.ArgumentParser(prog="landfall_runtime.job", description="Runs a pipeline script as a job.")
    parser.add_argument("script", type=Path, help="file with a function main(job)")
    for name in ("run", "batch", "input", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--baseline")
    parser.add_argument("--initial-weights")
    parser.add_argument("--param", nargs="+", action="extend", default=[], type=pair, metavar="NAME=VALUE")
    return parser.parse_args(argv)


def pair(text: str) -> tuple[str, str]:
    """`name=value` as a pair."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def make_job(arguments: argparse.Namespace, env: Mapping[str, str], lake: Lake) -> Job:
    """The job that the arguments and the environment describe."""
    script = arguments.script.resolve()
    pipeline = env.get("LANDFALL_PIPELINE", script.parent.name)
    stage = env.get("LANDFALL_STAGE", script.stem)
    attempt = int(env.get("LANDFALL_ATTEMPT", "1"))
    place = f"runs/{pipeline}/{arguments.run}/{stage}/{attempt}/progress.json"
    return Job(
        run=arguments.run,
        batch=arguments.batch,
        input=arguments.input,
        output=arguments.output,
        baseline=arguments.baseline,
        initial_weights=arguments.initial_weights,
        params=dict(arguments.param),
        pipeline=pipeline,
        stage=stage,
        attempt=attempt,
        lake=lake,
        progress=Progress(lake, place, is_speaker=env.get("RANK", "0") == "0"),
    )


def facts(job: Job, rank: int) -> dict[str, str | int]:
    """What the job's span says of it."""
    return {"run": job.run, "pipeline": job.pipeline, "stage": job.stage, "attempt": job.attempt, "rank": rank}


def traced(progress: Callable[[str, float | None], None], trace: Trace) -> Callable[[str, float | None], None]:
    """The same progress, of which the trace hears too."""

    def report(message: str, fraction: float | None) -> None:
        trace.step(message)
        progress(message, fraction)

    return report


def load_main(script: Path) -> Callable[[Job], Mapping[str, Any]]:
    """The script's `main`; modules beside the script can be imported by it."""
    if not script.is_file():
        raise JobFailure("NoScript", f"There is no file {script}.", "Name a script that is part of the pipeline.")
    sys.path.insert(0, str(script.resolve().parent))
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[script.stem] = module
    spec.loader.exec_module(module)
    if not callable(getattr(module, "main", None)):
        raise JobFailure("NoMain", f"{script} has no function main(job).", "Define main(job) in it.")
    return module.main


def terminated() -> JobFailure:
    """The failure of a job that was told to stop before it was done."""
    return JobFailure(
        "Terminated",
        "The job was told to stop (SIGTERM) before it was done.",
        "It was cancelled or evicted; run again.",
    )


if __name__ == "__main__":
    # As a script's path, as Spark starts it, Python puts this folder first, where its files would hide other modules.
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != Path(__file__).resolve().parent]
    sys.exit(run(sys.argv[1:], os.environ))
