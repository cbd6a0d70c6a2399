import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from landfall_runtime.lake import Lake

HERE = Path(__file__).resolve().parent
ROW = [5.1, 3.5, 1.4, 0.2]
NAMED = {"sepal_length": 6.7, "sepal_width": 3.0, "petal_length": 5.2, "petal_width": 2.3}


@pytest.fixture(scope="module")
def model_folder(lake: Lake, job_env, curated: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model version as the image has it."""
    given = ["--run", "served", "--batch", "served", "--input", curated, "--output", "models/iris/served"]
    subprocess.run(
        [sys.executable, "-m", "landfall_runtime.job", str(HERE / "train.py"), *given, "--param", "epochs=40"],
        env=job_env,
        check=True,
        capture_output=True,
    )
    folder = tmp_path_factory.mktemp("model")
    lake.download("models/iris/served", folder)
    return folder


@pytest.fixture(scope="module")
def predictor(
    model_folder: Path, job_env: dict[str, str], new_port, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen]:
    """The running predictor; `.url` is where it is."""
    log = tmp_path_factory.mktemp("predictor") / "log"
    port = new_port()
    env = job_env | {"MODEL_DIR": str(model_folder), "PORT": str(port), "LANDFALL_LISTEN": "127.0.0.1"}
    env.pop("LANDFALL_PIPELINE", None)
    with log.open("w") as output:
        process = subprocess.Popen([sys.executable, str(HERE / "predictor.py")], env=env, stdout=output, stderr=output)
    process.url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(process, log)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def client(predictor: subprocess.Popen) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=predictor.url, timeout=30) as client:
        yield client


def test_it_is_ready_under_the_pipelines_name_and_listens_on_loopback_only(client: httpx.Client, predictor):
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get("/v1/models/iris").json() == {"name": "iris", "ready": True}
    connections = psutil.Process(predictor.pid).connections("tcp")
    assert {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_v1_answers_lists_and_objects_in_their_order(client: httpx.Client):
    response = client.post("/v1/models/iris:predict", json={"instances": [ROW, NAMED]})
    assert response.status_code == 200, response.text
    first, second = response.json()["predictions"]
    assert (first["label"], second["label"]) == ("setosa", "virginica")
    assert set(first["probabilities"]) == {"setosa", "versicolor", "virginica"}
    assert sum(first["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_the_golden_requests_get_the_golden_answers(client: httpx.Client, model_folder: Path):
    golden = json.loads((model_folder / "golden.json").read_text())
    for request, expected in zip(golden["requests"], golden["responses"], strict=True):
        answer = client.post("/v1/models/iris:predict", json=request).json()
        assert len(answer["predictions"]) == len(expected["predictions"])
        for one, other in zip(answer["predictions"], expected["predictions"], strict=True):
            assert one["label"] == other["label"]
            assert one["probabilities"] == pytest.approx(other["probabilities"], abs=golden["tolerance"])


@pytest.mark.parametrize("datatype", ["FP32", "FP64"])
@pytest.mark.parametrize("data", [[*ROW, *NAMED.values()], [ROW, list(NAMED.values())]], ids=["flat", "nested"])
def test_v2_answers_labels_and_probabilities(client: httpx.Client, datatype: str, data: list):
    request = {"id": "7", "inputs": [{"name": "x", "shape": [2, 4], "datatype": datatype, "data": data}]}
    response = client.post("/v2/models/iris/infer", json=request)
    assert response.status_code == 200, response.text
    answer = response.json()
    label, probabilities = answer["outputs"]
    assert (answer["id"], answer["model_name"]) == ("7", "iris")
    assert (label["datatype"], label["shape"], label["data"]) == ("BYTES", [2], ["setosa", "virginica"])
    assert (probabilities["datatype"], probabilities["shape"]) == ("FP32", [2, 3])
    assert len(probabilities["data"]) == 6


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "The body must be JSON like"),
        ([ROW], "The body must be JSON like"),
        ({"instances": ROW[0]}, 'Expected "instances" to be a list'),
        ({"instances": []}, "one instance or more"),
        ({"instances": [ROW, ROW[:3]]}, "instances[1] must have 4 numbers"),
        ({"instances": ROW}, "instances[0] must be a list of 4 numbers or an object, not 5.1"),
        ({"instances": [[*ROW[:3], "0.2"]]}, "instances[0]: petal_width must be a number, not '0.2'"),
        ({"instances": [[*ROW[:3], None]]}, "petal_width must be a number, not None"),
        ({"instances": [[True, *ROW[1:]]]}, "sepal_length must be a number, not True"),
        ({"instances": [[*ROW[:3], 1e39]]}, "finite 32-bit numbers"),
        ({"instances": [{"sepal_length": 1}]}, "instances[0] must have exactly sepal_length, sepal_width"),
        (
            {"instances": [{**NAMED, "colour": "blue"}]},
            "it has sepal_length, sepal_width, petal_length, petal_width, colour",
        ),
    ],
)
def test_a_wrong_v1_request_is_the_callers_fault_and_says_why(client: httpx.Client, body, text: str):
    response = client.post("/v1/models/iris:predict", json=body)
    assert response.status_code == 400
    assert text in response.json()["error"]


@pytest.mark.parametrize("content", [b"{", b"", b'{"instances": [[NaN, 1, 2, 3]]}'])
def test_what_is_no_json_is_the_callers_fault(client: httpx.Client, content: bytes):
    response = client.post("/v1/models/iris:predict", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"shape": [1, 3], "data": ROW[:3]}, "must have shape [n, 4], not [1, 3]"),
        ({"shape": [4]}, "must have shape [n, 4], not [4]"),
        ({"shape": [0, 4], "data": []}, "must have shape [n, 4], not [0, 4]"),
        ({"datatype": "INT64", "data": [1, 2, 3, 4]}, "must be of type FP32 or FP64, not INT64"),
        ({"data": ROW[:3]}, "does not fit [1, 4]"),
        ({"data": ["a", "b", "c", "d"]}, "does not fit [1, 4]"),
        ({"data": [*ROW[:3], 1e39]}, "finite 32-bit numbers"),
    ],
)
def test_a_wrong_v2_request_is_the_callers_fault_and_says_why(client: httpx.Client, change: dict, text: str):
    tensor = {"name": "x", "shape": [1, 4], "datatype": "FP32", "data": ROW} | change
    response = client.post("/v2/models/iris/infer", json={"inputs": [tensor]})
    assert response.status_code == 400, response.text
    assert text in response.json()["error"]


def test_an_unknown_model_is_not_found(client: httpx.Client):
    assert client.post("/v1/models/tulip:predict", json={"instances": [ROW]}).status_code == 404


def test_sigterm_ends_it(predictor: subprocess.Popen):
    predictor.send_signal(signal.SIGTERM)
    predictor.wait(15)


def wait_until_ready(process: subprocess.Popen, log: Path, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{process.url}/v2/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"The predictor did not become ready:\n{log.read_text()}")
