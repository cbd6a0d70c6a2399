"""result.json: how a job ended."""

import json
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landfall_runtime.failure import BatchQuarantined, JobFailure
from landfall_runtime.lake import Lake

MESSAGE_LIMIT = 1000


class Result:
    """The one result of this process: whoever comes first writes it, whoever comes later waits until it is written."""

    def __init__(self, lake: Lake, path: str, rank: int):
        self._lake = lake
        self._path = path
        self._rank = rank
        self._started_at = timestamp()
        self._lock = threading.Lock()
        self._is_written = False

    def write(self, outcome: Mapping[str, Any]) -> None:
        """Success overwrites, and only rank 0 writes it; of failures the first one in the lake stays."""
        with self._lock:
            if self._is_written:
                return
            document = {**outcome, "startedAt": self._started_at, "finishedAt": timestamp()}
            data = json.dumps(document, allow_nan=False, indent=2).encode()
            if outcome["status"] != "Succeeded":
                self._lake.write_if_absent(self._path, data)
            elif self._rank == 0:
                self._lake.write(self._path, data)
            self._is_written = True


def succeeded(returned: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of what `main(job)` returned: `{outputs, metrics}`."""
    if not isinstance(returned, Mapping) or not set(returned) <= {"outputs", "metrics"}:
        raise JobFailure("BadResult", f"main(job) must return {{outputs, metrics}}, not {returned!r:.200}.")
    outcome = {"status": "Succeeded", "outputs": dict(returned.get("outputs", {}))}
    outcome["metrics"] = dict(returned.get("metrics", {}))
    try:
        json.dumps(outcome, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise JobFailure("BadResult", f"What main(job) returned is no JSON: {error}.") from None
    return outcome


def failed(error: BaseException) -> dict[str, Any]:
    """The outcome of an exception; of one that nobody foresaw it says where it came from."""
    failure = error if isinstance(error, JobFailure) else unforeseen(error)
    described = {"reason": failure.reason, "message": failure.message[:MESSAGE_LIMIT]}
    if failure.hint:
        described["hint"] = failure.hint
    status = "Quarantined" if isinstance(failure, BatchQuarantined) else "Failed"
    return {"status": status, "outputs": {}, "metrics": {}, "error": described}


def unforeseen(error: BaseException) -> JobFailure:
    """A crash in words: the exception's first line and the line of code that raised it."""
    # A Java exception brings its whole stack along; the first line is the human part.
    text = (str(error).strip().splitlines() or ["no message"])[0]
    frames = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return JobFailure("Crashed", f"{type(error).__name__}: {text}{place}", "The job's log has the whole traceback.")


def timestamp() -> str:
    """Now, in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
