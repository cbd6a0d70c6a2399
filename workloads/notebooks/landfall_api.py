"""The HTTP API of a Landfall app, and the landing zone of its lake, for notebooks and scripts.

    landfall = connect()
    run = landfall.wait_for_run(landfall.start_run("iris", files=[dropped.path]))

What is refused or fails is a LandfallError, which says what came and what to do.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests
from azure.core.credentials import AzureNamedKeyCredential
from azure.identity import DefaultAzureCredential
from azure.storage.filedatalake import DataLakeServiceClient
from landfall_errors import LandfallError, RunFailedError, refusal
from requests.adapters import HTTPAdapter
from run_progress import is_in_review, progress_lines
from urllib3 import Retry

# Of what only reads.
RETRIES = Retry(total=4, backoff_factor=0.5, status_forcelist=(429, 502, 503, 504), raise_on_status=False)
TIMEOUT_S = 30


@dataclass(frozen=True)
class Lake:
    """Where files are dropped; without a key whoever is signed in opens it (az login, or a managed identity)."""

    dfs: str
    account: str | None = None
    key: str | None = None

    def upload(self, path: str, data: bytes) -> str:
        """Writes a file whole, which the lake announces on its close; answers its eTag."""
        key = self.key and AzureNamedKeyCredential(self.account, self.key)
        with DataLakeServiceClient(self.dfs, credential=key or DefaultAzureCredential()) as service:
            file = service.get_file_client(*path.split("/", 1))
            file.upload_data(data, overwrite=True)
            return file.get_file_properties().etag


@dataclass(frozen=True)
class Dropped:
    """One version of a file in the lake."""

    path: str
    e_tag: str


@dataclass(frozen=True)
class Prediction:
    """The answers, and the version of the model that gave them."""

    version: str
    predictions: list[dict]


class Landfall:
    """One Landfall app; `say`, `clock` and `sleep` are for tests."""

    def __init__(
        self,
        url: str,
        key: str,
        lake: Lake | None = None,
        token: str = "",
        say: Callable[[str], None] = print,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.url = url.rstrip("/").removesuffix("/api")
        self.key, self.lake, self.token = key, lake, token
        self._say, self._clock, self._sleep = say, clock, sleep
        self._told: dict[str, list[str]] = {}
        self._session = requests.Session()
        self._session.headers["x-functions-key"] = key
        if token:
            self._session.auth = lambda request: signed(request, token)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=RETRIES))

    def get(self, path: str, /, **query) -> dict:
        """The JSON that GET /api/PATH answers."""
        return self._request("GET", path, params=query).json()

    def post(self, path: str, body: dict | None = None) -> dict:
        """The JSON that POST /api/PATH answers."""
        return self._request("POST", path, json=body or {}).json()

    def start_run(self, pipeline: str, **body) -> str:
        """Starts a run by hand, over `files` or a `prefix`; answers its id."""
        return self.post(f"pipelines/{quote(pipeline)}/runs", body)["runId"]

    def rerun(self, run_id: str, **body) -> str:
        """Starts another run over the same files, which takes over what came before `fromStage`; answers its id."""
        return self.post(f"runs/{quote(run_id)}/rerun", body)["runId"]

    def document(self, run_id: str, name: str) -> dict:
        """A document that a run wrote: batch, profile, checks or drift."""
        return self.get(f"runs/{quote(run_id)}/documents/{name}")

    def predict(self, pipeline: str, instances: list) -> Prediction:
        """What the model that serves says of these instances."""
        answer = self._request("POST", f"pipelines/{quote(pipeline)}/predict", json={"instances": instances})
        return Prediction(answer.headers["x-model-version"], answer.json()["predictions"])

    def drop(self, data: bytes, path: str) -> Dropped:
        """Puts a file into the lake, at a path such as landing/iris/monday.csv."""
        if self.lake is None:
            raise LandfallError("It is not known where the lake is.", "Set LANDFALL_LAKE to its dfs endpoint.")
        return Dropped(path, self.lake.upload(path, data))

    def wait_for_arrival(self, dropped: Dropped, limit_s: float = 600) -> str:
        """Waits until the arrival of a file has started a run; answers the run's id."""

        def look() -> str | None:
            arrivals = self.get("arrivals", path=dropped.path)["value"]
            runs = [one.get("runId") for one in arrivals if one["eTag"].strip('"') == dropped.e_tag.strip('"')]
            return next(filter(None, runs), None)

        return self._wait(look, limit_s, f"{dropped.path} to start a run")

    def wait_for_run(self, run_id: str, limit_s: float = 3600) -> dict:
        """Tells how a run goes, each thing once, until it is over or asks for a review; one that fails is an error."""
        told = self._told.setdefault(run_id, [])

        def look() -> dict | None:
            run = self.get(f"runs/{quote(run_id)}")
            lines = progress_lines(run, told)
            for line in lines:
                self._say(line)
            told.extend(lines)
            return run if "finishedAt" in run or is_in_review(run) else None

        run = self._wait(look, limit_s, f"run {run_id} to end")
        if run["status"] == "Failed":
            raise RunFailedError(run)
        return run

    def _wait(self, look: Callable, limit_s: float, what: str):
        since = self._clock()
        while (seen := look()) is None:
            if self._clock() - since > limit_s:
                raise LandfallError(f"Waited {limit_s:.0f} s in vain for {what}.", "Wait again, or look at the logs.")
            # Soon at first, seldom in a run of hours.
            self._sleep(min(max(1, (self._clock() - since) / 20), 15))
        return seen

    def _request(self, method: str, path: str, **how) -> requests.Response:
        address = f"{self.url}/api/{path}"
        try:
            # Key and token go nowhere but where they were meant to.
            answer = self._session.request(method, address, timeout=TIMEOUT_S, allow_redirects=False, **how)
        except requests.RequestException as error:
            hint = "Is it running (npm start)? LANDFALL_API names another app."
            raise LandfallError(f"{self.url} does not answer: {type(error).__name__}.", hint) from error
        if not answer.ok or answer.is_redirect:
            raise refusal(answer)
        return answer


def signed(request: requests.PreparedRequest, token: str) -> requests.PreparedRequest:
    """The request with the token; as the session's own way to sign in, so that no .netrc replaces it."""
    request.headers["authorization"] = f"Bearer {token}"
    return request


def connect(env: Mapping[str, str] = os.environ, folder: Path | None = None, **how) -> Landfall:
    """The app that LANDFALL_API, LANDFALL_KEY and LANDFALL_TOKEN name, else the platform that runs here or above."""
    if url := env.get("LANDFALL_API"):
        lake = Lake(env["LANDFALL_LAKE"]) if env.get("LANDFALL_LAKE") else None
        return Landfall(url, env.get("LANDFALL_KEY", ""), lake, env.get("LANDFALL_TOKEN", ""), **how)
    here = (folder or Path.cwd()).resolve()
    for file in (above / ".landfall/endpoints.json" for above in (here, *here.parents)):
        if file.exists():
            endpoints = json.loads(file.read_text())
            lake = {name: endpoints["lake"][name] for name in ("dfs", "account", "key")}
            return Landfall(endpoints["functions"]["url"], endpoints["functions"]["key"], Lake(**lake), **how)
    raise LandfallError(
        f"There is no .landfall/endpoints.json in {here} or above it.",
        "Run npm start first, or set LANDFALL_API and LANDFALL_KEY to an app.",
    )
