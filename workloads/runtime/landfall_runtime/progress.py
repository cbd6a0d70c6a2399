"""progress.json: what a job is at."""

import json
import sys
import time
from collections.abc import Callable

from azure.core.exceptions import AzureError

from landfall_runtime.lake import Lake
from landfall_runtime.result import timestamp

SECONDS_BETWEEN = 2.0


class Progress:
    """Writes progress, at most every two seconds, from one rank; a lake that does not answer is no reason to fail."""

    def __init__(self, lake: Lake, path: str, is_speaker: bool, clock: Callable[[], float] = time.monotonic):
        self._lake = lake
        self._path = path
        self._is_speaker = is_speaker
        self._clock = clock
        self._last = -SECONDS_BETWEEN

    def __call__(self, message: str, fraction: float | None) -> None:
        """Reports one message."""
        if not self._is_speaker:
            return
        print(message if fraction is None else f"{message} ({fraction:.0%})", flush=True)
        if self._clock() - self._last < SECONDS_BETWEEN:
            return
        self._last = self._clock()
        document = {"message": message, "updatedAt": timestamp()}
        if fraction is not None:
            document["fraction"] = round(fraction, 4)
        try:
            self._lake.write(self._path, json.dumps(document).encode())
        except AzureError as error:
            print(f"Could not write {self._path}: {error}", file=sys.stderr)
