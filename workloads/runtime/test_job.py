import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import landfall_runtime
import pytest
from landfall_runtime.lake import Lake

GIVEN = ("--batch", "b", "--input", "curated/iris/b", "--output", "models/iris/b")

SUCCEEDS = """
def main(job):
    job.report("half way", 0.5)
    return {"outputs": {"model": job.output}, "metrics": {"params": job.params, "baseline": job.baseline}}
"""
REFUSES = """
from landfall_runtime.job import JobFailure
def main(job):
    raise JobFailure("TooManyBadRows", "a.csv row 3 is bad", "Correct it.")
"""
QUARANTINES = """
from landfall_runtime.failure import BatchQuarantined
def main(job):
    raise BatchQuarantined("TooFewRows", f"{job.pinned} says so", "Drop more.")
"""
CRASHES = "def main(job):\n    return {'metrics': 1 / 0}\n"
EXITS = "import sys\ndef main(job):\n    sys.exit(0)\n"
RETURNS_NAN = "def main(job):\n    return {'metrics': {'loss': float('nan')}}\n"
SLEEPS_IN_C = """
import ctypes
def main(job):
    job.report("sleeping")
    ctypes.CDLL(None).usleep.argtypes = [ctypes.c_uint]
    while True:  # a signal only interrupts one of these sleeps, and the script goes back to the next
        ctypes.CDLL(None).usleep(60_000_000)
"""


@pytest.fixture
def script(tmp_path: Path):
    def write(text: str) -> Path:
        file = tmp_path / "train.py"
        file.write_text(text)
        return file

    return write


def test_success_leaves_outputs_metrics_and_progress(start_job, script, read_result, lake: Lake):
    job = start_job(
        script(SUCCEEDS), "--run", "ok", *GIVEN, "--baseline", "models/iris/a", "--param", "x=1", "y=2", "--param", "z="
    )
    assert job.wait(60) == 0, job.stdout.read()
    result = read_result("ok", "train")
    assert result["status"] == "Succeeded"
    assert result["outputs"] == {"model": "models/iris/b"}
    assert result["metrics"] == {"params": {"x": "1", "y": "2", "z": ""}, "baseline": "models/iris/a"}
    assert result["startedAt"] <= result["finishedAt"]
    assert result["finishedAt"].endswith("Z")
    progress = json.loads(lake.read("runs/iris/ok/train/1/progress.json"))
    assert (progress["message"], progress["fraction"]) == ("half way", 0.5)


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("refuses", REFUSES, {"reason": "TooManyBadRows", "message": "a.csv row 3 is bad", "hint": "Correct it."}),
        (
            "crashes",
            CRASHES,
            {"reason": "Crashed", "message": "ZeroDivisionError: division by zero (train.py, line 2)"},
        ),
        ("exits", EXITS, {"reason": "Crashed", "message": "SystemExit: 0 (train.py, line 3)"}),
        ("nan", RETURNS_NAN, {"reason": "BadResult"}),
        ("nothing", "", {"reason": "NoMain"}),
        ("syntax", "def main(:", {"reason": "Crashed"}),
    ],
)
def test_a_failure_leaves_its_reason_and_the_log_its_traceback(start_job, script, read_result, name, text, error):
    job = start_job(script(text), "--run", name, *GIVEN)
    assert job.wait(60) == 1
    result = read_result(name, "train")
    assert result["status"] == "Failed"
    assert error.items() <= result["error"].items()
    assert "Traceback" in job.stdout.read()


def test_the_first_error_wins_and_a_later_success_of_rank_0_overwrites(start_job, script, read_result):
    assert start_job(script(CRASHES), "--run", "race", *GIVEN, env={"RANK": "1"}).wait(60) == 1
    assert start_job(script(REFUSES), "--run", "race", *GIVEN).wait(60) == 1
    assert read_result("race", "train")["error"]["reason"] == "Crashed"
    assert start_job(script(SUCCEEDS), "--run", "race", *GIVEN, env={"RANK": "1"}).wait(60) == 0
    assert read_result("race", "train")["status"] == "Failed"
    assert start_job(script(SUCCEEDS), "--run", "race", *GIVEN).wait(60) == 0
    assert read_result("race", "train")["status"] == "Succeeded"


def test_a_quarantined_batch_is_no_failure_of_the_job_and_no_success(start_job, script, read_result, lake: Lake):
    lake.write("runs/iris/set-aside/pinned.json", b'{"previous": "models/iris/a"}')
    job = start_job(script(QUARANTINES), "--run", "set-aside", *GIVEN, env={"RANK": "1"})
    assert job.wait(60) == 1, job.stdout.read()
    result = read_result("set-aside", "train")
    assert result["status"] == "Quarantined"
    message = "{'previous': 'models/iris/a'} says so"
    assert result["error"] == {"reason": "TooFewRows", "message": message, "hint": "Drop more."}


def test_the_first_of_a_failure_and_a_quarantine_wins(start_job, script, read_result):
    assert start_job(script(QUARANTINES), "--run", "first", *GIVEN).wait(60) == 1
    assert start_job(script(CRASHES), "--run", "first", *GIVEN).wait(60) == 1
    assert read_result("first", "train")["error"]["message"] == "{} says so"
    assert start_job(script(CRASHES), "--run", "second", *GIVEN).wait(60) == 1
    assert start_job(script(QUARANTINES), "--run", "second", *GIVEN).wait(60) == 1
    assert read_result("second", "train")["status"] == "Failed"


def test_sigterm_leaves_a_result_even_when_the_script_is_deep_in_native_code(start_job, script, read_result, lake):
    job = start_job(script(SLEEPS_IN_C), "--run", "stopped", *GIVEN)
    wait_for(lambda: lake.exists("runs/iris/stopped/train/1/progress.json"))
    job.send_signal(signal.SIGTERM)
    assert job.wait(10) == 1
    assert read_result("stopped", "train")["error"]["reason"] == "Terminated"


def test_the_wrapper_runs_as_a_file_too(script, job_env, read_result):
    wrapper = Path(landfall_runtime.__file__).with_name("job.py")
    command = [sys.executable, str(wrapper), str(script(REFUSES)), "--run", "as-file", *GIVEN]
    assert subprocess.run(command, env=job_env, check=False).returncode == 1
    assert read_result("as-file", "train")["error"]["reason"] == "TooManyBadRows"


def test_wrong_arguments_are_explained(start_job, script):
    job = start_job(script(SUCCEEDS), "--run", "r", *GIVEN, "--param", "epochs")
    assert job.wait(60) == 2
    assert "'epochs' is not NAME=VALUE" in job.stdout.read()


def test_without_a_lake_it_says_what_to_set(start_job, script):
    job = start_job(script(SUCCEEDS), "--run", "r", *GIVEN, env={"LANDFALL_LAKE_URL": ""})
    assert job.wait(60) == 1
    assert "Set it to https://ACCOUNT.dfs.core.windows.net" in job.stdout.read()


def wait_for(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)
