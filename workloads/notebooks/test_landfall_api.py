"""The helper against a small HTTP server that answers as the app does, and against a real lake."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from landfall_api import Dropped, Lake, Landfall, connect
from landfall_errors import TOKEN_HINT, LandfallError, RefusedError, RunFailedError

RUN = "iris-20260301-101502-3fa9c1"


class App:
    """Answers each path with what is to come next, the last of it again and again, and keeps what was asked."""

    def __init__(self):
        self.answers: dict[str, list] = {}
        self.asked: list[tuple[str, str, str | None, object]] = []
        self.tokens: list[str | None] = []
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(None)

            def do_POST(self):
                self.answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

            def answer(self, body: object) -> None:
                app.asked.append((self.command, self.path, self.headers["x-functions-key"], body))
                app.tokens.append(self.headers["authorization"])
                waiting = app.answers[self.path.partition("?")[0]]
                status, content, headers = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                text = content.encode() if isinstance(content, str) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in {"content-length": str(len(text)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_) -> None:
                """Says nothing on the test's stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def will_answer(self, path: str, *contents: object, status: int = 200, headers: dict | None = None) -> None:
        self.answers.setdefault(f"/api/{path}", []).extend((status, one, headers or {}) for one in contents)


@pytest.fixture
def app() -> Iterator[App]:
    """The app, listening."""
    app = App()
    thread = threading.Thread(target=app.server.serve_forever, args=(0.01,))
    thread.start()
    yield app
    app.server.shutdown()
    app.server.server_close()
    thread.join()


class Time:
    """A clock that only sleep moves."""

    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def landfall(app: App) -> Landfall:
    """The helper, on a time of its own; `said` has its lines."""
    time, said = Time(), []
    client = Landfall(app.url, "secret", say=said.append, clock=lambda: time.now, sleep=time.sleep)
    client.said, client.time = said, time
    return client


def run(status: str = "Running", **fields: object) -> dict:
    return {"runId": RUN, "status": status, "stages": [], "startedAt": "2026-03-01T10:15:02.000Z", **fields}


def stage(name: str, status: str = "Succeeded", seconds: int = 3, **fields: object) -> dict:
    times = {"startedAt": "2026-03-01T10:15:02.000Z", "finishedAt": f"2026-03-01T10:15:{2 + seconds:02}.000Z"}
    return {"name": name, "status": status, **times, **fields}


ENDED = {"finishedAt": "2026-03-01T10:16:02.500Z"}


def test_a_run_is_started_with_what_is_asked_for(app: App, landfall: Landfall):
    app.will_answer("pipelines/iris/runs", {"runId": RUN}, status=202)
    app.will_answer(f"runs/{RUN}/rerun", {"runId": "another"}, status=202)
    assert landfall.start_run("iris", files=["landing/iris/a.csv"], toStage="process") == RUN
    assert landfall.rerun(RUN, fromStage="train") == "another"
    assert app.asked == [
        ("POST", "/api/pipelines/iris/runs", "secret", {"files": ["landing/iris/a.csv"], "toStage": "process"}),
        ("POST", f"/api/runs/{RUN}/rerun", "secret", {"fromStage": "train"}),
    ]


def test_a_run_is_followed_to_its_end_and_each_thing_is_told_once(app: App, landfall: Landfall):
    collected = stage("collect", detail="1 file")
    processed = stage("process", seconds=21, detail="150 rows", reusedFrom="iris-before")
    app.will_answer(
        f"runs/{RUN}",
        run("Pending"),
        run(stage="process", stages=[collected, {"name": "process", "status": "Running"}], waitingFor="a node"),
        run(stage="process", stages=[collected, {"name": "process", "status": "Running"}], waitingFor="a node"),
        run("Succeeded", stage="process", stages=[collected, processed], **ENDED),
    )
    assert landfall.wait_for_run(RUN)["status"] == "Succeeded"
    assert landfall.said == [
        "✓ collect    3.0 s  1 file",
        "  … process: a node",
        "✓ process   21.0 s  150 rows (taken over from iris-before)",
        "Succeeded after 60.5 s",
    ]


def test_a_run_that_waits_for_a_review_is_handed_back(app: App, landfall: Landfall):
    app.will_answer(f"runs/{RUN}", run(stage="review", waitingFor="a review", review={"status": "Waiting"}))
    assert landfall.wait_for_run(RUN)["review"] == {"status": "Waiting"}


def test_what_was_told_before_the_review_is_not_told_again(app: App, landfall: Landfall):
    validated = stage("validate", detail="review: " + "drift " * 40)
    waiting = {"stage": "review", "waitingFor": "a review", "review": {"status": "Waiting"}}
    app.will_answer(f"runs/{RUN}", run(stages=[validated], **waiting), run("Rejected", stages=[validated], **ENDED))
    landfall.wait_for_run(RUN)
    landfall.wait_for_run(RUN)
    first, *others = landfall.said
    assert first.startswith("✓ validate   3.0 s  review: drift") and first.endswith("…") and len(first) < 120
    assert others == ["  … review: a review", "Rejected after 60.5 s"]


def test_a_decided_review_is_no_reason_to_stop(app: App, landfall: Landfall):
    approved = {"review": {"status": "Approved"}}
    app.will_answer(f"runs/{RUN}", run(stage="build", **approved), run("Succeeded", **approved, **ENDED))
    assert landfall.wait_for_run(RUN)["status"] == "Succeeded"


@pytest.mark.parametrize("status", ["Rejected", "Quarantined", "Cancelled", "Expired", "Superseded"])
def test_an_end_that_was_decided_is_an_answer(app: App, landfall: Landfall, status: str):
    app.will_answer(f"runs/{RUN}", run(status, **ENDED))
    assert landfall.wait_for_run(RUN)["status"] == status


def test_a_run_that_fails_is_an_error_with_its_reason_and_cure(app: App, landfall: Landfall):
    error = {"stage": "train", "reason": "OOMKilled", "message": "Out of memory.", "hint": "Raise resources.memory."}
    app.will_answer(f"runs/{RUN}", run("Failed", error=error, stages=[stage("train", "Failed")], **ENDED))
    with pytest.raises(RunFailedError) as raised:
        landfall.wait_for_run(RUN)
    assert str(raised.value) == f"Run {RUN} failed in stage train: Out of memory.\nRaise resources.memory."
    assert raised.value.run["error"] == error
    assert landfall.said[0].startswith("✗ train")


def test_waiting_ends_at_its_limit_and_asks_less_often_as_time_goes(app: App, landfall: Landfall):
    app.will_answer(f"runs/{RUN}", run())
    with pytest.raises(LandfallError, match=r"^Waited 3600 s in vain for run iris-\S+ to end\."):
        landfall.wait_for_run(RUN)
    assert 3600 < landfall.time.now < 3616
    assert len(app.asked) < 320


def test_the_run_of_a_dropped_version_is_found_not_that_of_one_before(app: App, landfall: Landfall):
    old = {"eTag": '"0x1"', "runId": "old"}
    for seen in ([old], [{"eTag": '"0x2"'}, old], [{"eTag": "0x2", "runId": RUN}, old]):
        app.will_answer("arrivals", {"value": seen, "runs": []})
    assert landfall.wait_for_arrival(Dropped("landing/iris/a b.csv", '"0x2"')) == RUN
    assert app.asked[0][1] == "/api/arrivals?path=landing%2Firis%2Fa+b.csv"


def test_a_prediction_tells_which_version_answered(app: App, landfall: Landfall):
    answers = [{"label": "setosa", "probabilities": {"setosa": 1.0}}]
    app.will_answer("pipelines/iris/predict", {"predictions": answers}, headers={"x-model-version": "v7"})
    prediction = landfall.predict("iris", [[1, 2, 3, 4]])
    assert (prediction.version, prediction.predictions) == ("v7", answers)
    assert app.asked[0][3] == {"instances": [[1, 2, 3, 4]]}


def test_a_refusal_shows_detail_and_hint_of_the_problem(app: App, landfall: Landfall):
    problem = {"title": "Conflict", "status": 409, "detail": "iris has an active run.", "hint": "Wait for it."}
    app.will_answer("pipelines/iris/runs", problem, status=409, headers={"content-type": "application/problem+json"})
    with pytest.raises(RefusedError) as raised:
        landfall.start_run("iris")
    assert str(raised.value) == "409: iris has an active run.\nWait for it."
    assert (raised.value.status, raised.value.hint) == (409, "Wait for it.")


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (401, "", f"401: Unauthorized\nSet LANDFALL_KEY to the function key. Where people sign in, {TOKEN_HINT} too."),
        (500, "<html>broken</html>", "500: <html>broken</html>"),
        (400, '"text"', '400: "text"'),
        (404, "[]", "404: []"),
    ],
)
def test_a_refusal_without_a_problem_says_what_came(
    app: App, landfall: Landfall, status: int, content: str, expected: str
):
    app.will_answer("runs/x", content, status=status)
    with pytest.raises(RefusedError) as raised:
        landfall.get("runs/x")
    assert str(raised.value) == expected


def test_where_people_sign_in_a_token_goes_along_beside_the_key(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    env = {"LANDFALL_API": app.url, "LANDFALL_KEY": "secret", "LANDFALL_TOKEN": "t.o.k"}
    app.will_answer("runs/x", {"runId": "x"})
    connect(env, tmp_path).get("runs/x")
    assert (app.asked[-1][2], app.tokens[-1]) == ("secret", "Bearer t.o.k")


def test_the_way_to_a_sign_in_is_not_taken_with_a_key(app: App, landfall: Landfall):
    elsewhere = f"{app.url}/api/runs/login?secret=1"
    app.will_answer("runs/login", "<html>")
    app.will_answer("runs/x", "", status=302, headers={"location": elsewhere})
    with pytest.raises(RefusedError) as raised:
        landfall.get("runs/x")
    assert str(raised.value) == f"302: sent to {app.url}/api/runs/login\nWhere people sign in, {TOKEN_HINT}."
    assert [path for _, path, *_ in app.asked] == ["/api/runs/x"]


def test_reading_is_tried_again_while_the_app_is_busy_and_writing_is_not(app: App, landfall: Landfall):
    app.will_answer("runs/x", "", status=429, headers={"retry-after": "0"})
    app.will_answer("runs/x", {"runId": "x"})
    app.will_answer("runs/x/cancel", "", status=503)
    assert landfall.get("runs/x") == {"runId": "x"}
    with pytest.raises(RefusedError, match="503"):
        landfall.post("runs/x/cancel")
    assert [path for _, path, *_ in app.asked] == ["/api/runs/x", "/api/runs/x", "/api/runs/x/cancel"]


def test_nobody_who_listens_is_told_with_what_to_do(new_port: Callable[[], int]):
    url = f"http://127.0.0.1:{new_port()}"
    with pytest.raises(LandfallError, match=rf"^{url} does not answer: ConnectionError\.\nIs it running"):
        Landfall(url, "").post("pipelines/iris/runs")


def test_a_file_is_dropped_into_a_lake(lake_env: dict[str, str], lake):
    account, key = lake_env["AZURE_STORAGE_ACCOUNT"], lake_env["AZURE_STORAGE_KEY"]
    landfall = Landfall("http://app.example", "", Lake(lake_env["LANDFALL_LAKE_URL"], account, key))
    first = landfall.drop(b"a,b\n1,2\n", "landing/iris/by hand/ä.csv")
    assert lake.read("landing/iris/by hand/ä.csv") == b"a,b\n1,2\n"
    assert landfall.drop(b"a,b\n", first.path).e_tag != first.e_tag


def test_without_a_lake_a_drop_says_what_to_set():
    with pytest.raises(LandfallError, match="LANDFALL_LAKE"):
        Landfall("http://app.example", "").drop(b"", "landing/iris/a.csv")


def test_the_platform_is_found_in_a_folder_above(tmp_path: Path):
    endpoints = {
        "functions": {"url": "http://127.0.0.1:7071", "key": "k"},
        "lake": {"dfs": "http://127.0.0.1:7080/landfall", "blob": "…", "account": "landfall", "key": "a2V5"},
    }
    below = tmp_path / "workloads/notebooks"
    below.mkdir(parents=True)
    with pytest.raises(LandfallError, match="npm start"):
        connect({}, below)
    (tmp_path / ".landfall").mkdir()
    (tmp_path / ".landfall/endpoints.json").write_text(json.dumps(endpoints))
    found = connect({}, below)
    assert (found.url, found.key) == ("http://127.0.0.1:7071", "k")
    assert found.lake == Lake("http://127.0.0.1:7080/landfall", "landfall", "a2V5")


def test_the_environment_names_another_app(tmp_path: Path):
    env = {"LANDFALL_API": "https://app.example/api/", "LANDFALL_KEY": "k", "LANDFALL_LAKE": "https://x.dfs.example"}
    named = connect(env, tmp_path)
    assert (named.url, named.key, named.lake) == ("https://app.example", "k", Lake("https://x.dfs.example"))
    assert connect({"LANDFALL_API": "https://app.example"}, tmp_path).lake is None
