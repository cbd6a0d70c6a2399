"""What a collect.py remembers from one collection to the next, such as the last record that it has fetched."""

import json
from typing import Any

from landfall_runtime.failure import JobFailure
from landfall_runtime.job import Job


def read_state(job: Job) -> dict[str, Any]:
    """The state as it was last written; empty the first time."""
    try:
        text = job.lake.read(job.input)
    except FileNotFoundError:
        return {}
    try:
        state = json.loads(text)
    except ValueError as error:
        raise JobFailure(
            "BadState", f"{job.input} is no JSON: {error}.", "Correct it, or delete it to start anew."
        ) from None
    if not isinstance(state, dict):
        raise broken(job, "is no JSON object")
    return state


def write_state(job: Job, state: dict[str, Any]) -> None:
    """Replaces the state. Write it when what it speaks of has landed: a crash in between repeats, and loses nothing."""
    job.lake.replace(job.input, json.dumps(state, allow_nan=False, indent=2).encode())


def broken(job: Job, what: str) -> JobFailure:
    """The failure of a state that nobody can read."""
    return JobFailure("BadState", f"{job.input} {what}.", "Correct it, or delete it to start anew.")
