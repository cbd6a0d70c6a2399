"""Fixtures of all Python tests: a real lake on this machine, and jobs run as the platform runs them."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from landfall_runtime.lake import Lake, lake_from_environment

ROOT = Path(__file__).resolve().parent.parent
FILESYSTEMS = ("landing", "curated", "models", "runs", "quarantine")


@pytest.fixture(scope="session")
def lake_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Starts the lake gateway; yields the environment that a job finds it by."""
    key = base64.b64encode(os.urandom(64)).decode()
    node = os.environ.get("LANDFALL_NODE", "node")
    command = [node, "local/lake/cli.ts", "--port", str(free_port()), "--account", "landfall", "--key", key]
    log = tmp_path_factory.mktemp("lake-log") / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [*command, "--data", str(tmp_path_factory.mktemp("lake"))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    try:
        ready = next((line for line in process.stdout if line.startswith("lake ready ")), None)
        assert ready, f"The lake did not start:\n{log.read_text()}"
        env = {"LANDFALL_LAKE_URL": ready.split()[-1], "AZURE_STORAGE_ACCOUNT": "landfall", "AZURE_STORAGE_KEY": key}
        for name in FILESYSTEMS:
            lake_from_environment(env)._service.create_file_system(name)
        yield env
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="session")
def lake(lake_env: dict[str, str]) -> Lake:
    """The lake of the test session."""
    return lake_from_environment(lake_env)


@pytest.fixture(scope="session")
def job_env(lake_env: dict[str, str]) -> dict[str, str]:
    """The environment of a job's process."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LANDFALL_RUN", "PYSPARK_"))}
    jars = os.environ.get("LANDFALL_JARS") or find_jars()
    java = {"JAVA_HOME": os.environ["LANDFALL_JAVA_HOME"]} if os.environ.get("LANDFALL_JAVA_HOME") else {}
    return (
        env
        | lake_env
        | java
        | {
            "LANDFALL_PIPELINE": "iris",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT / "workloads/runtime"),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": f"--jars {jars.replace(':', ',')} --driver-memory 1g pyspark-shell",
        }
    )


@pytest.fixture
def start_job(job_env: dict[str, str]) -> Iterator:
    """Starts jobs: `start_job(script, '--run', …, env={…})` is a Popen; what still runs at the end is killed."""
    started: list[subprocess.Popen] = []

    def start(
        script: Path, *arguments: str, env: dict[str, str] | None = None, launcher: tuple[str, ...] = ("-m",)
    ) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *launcher, "landfall_runtime.job", str(script), *arguments],
            env=job_env | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()


@pytest.fixture
def read_result(lake: Lake):
    """`read_result(run, stage)` is the result.json of the first attempt."""

    def read(run: str, stage: str, attempt: int = 1) -> dict:
        return json.loads(lake.read(f"runs/iris/{run}/{stage}/{attempt}/result.json"))

    return read


@pytest.fixture(scope="session")
def new_port() -> Callable[[], int]:
    """`new_port()` is a port that nobody listens on right now."""
    return free_port


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def find_jars() -> str:
    """The ABFS driver where the set-up puts it."""
    cache = Path(os.environ.get("LANDFALL_CACHE", Path.home() / ".cache/landfall"))
    return ":".join(str(jar) for jar in (cache / "jars").glob("hadoop-azure-*.jar"))
