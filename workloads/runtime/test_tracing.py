import gzip
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from landfall_runtime.tracing import LAST_SECONDS, NoTrace, start_trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

GIVEN = ("--batch", "b", "--input", "curated/iris/b", "--output", "models/iris/b")
TRACE_ID, STAGE_ID = "1" * 32, "2" * 16
PARENT = {"TRACEPARENT": f"00-{TRACE_ID}-{STAGE_ID}-01"}

TRAINS = """
def main(job):
    job.report("Reading.", 0)
    for epoch in range(3):
        job.report(f"Epoch {epoch} of 3, loss {1 / (epoch + 1):.4f}.", epoch / 3)
    job.report("Writing.", 1)
    return {}
"""
REFUSES = """
from landfall_runtime.job import JobFailure
def main(job):
    job.report("Reading.")
    raise JobFailure("TooManyBadRows", "a.csv row 3 is bad")
"""


class Collector:
    """A server that telemetry is sent to: it keeps the bodies that it accepts."""

    def __init__(self, respond: Callable[[BaseHTTPRequestHandler], None]):
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                bodies.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
                respond(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self) -> list:
        """The spans that came over OTLP, by when they began."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        scopes = [scope for request in requests for group in request.resource_spans for scope in group.scope_spans]
        return sorted((span for scope in scopes for span in scope.spans), key=lambda span: span.start_time_unix_nano)


@pytest.fixture
def collect() -> Iterator[Callable[..., Collector]]:
    """`collect(respond)` is a server that responds so, by default well."""
    started: list[Collector] = []

    def start(respond: Callable[[BaseHTTPRequestHandler], None] = accept) -> Collector:
        started.append(Collector(respond))
        return started[-1]

    yield start
    for collector in started:
        collector.server.shutdown()


def accept(handler: BaseHTTPRequestHandler) -> None:
    """Takes it, in a form that both protocols read."""
    is_otlp = handler.path == "/v1/traces"
    answer = b"" if is_otlp else b'{"itemsReceived": 9, "itemsAccepted": 9, "errors": []}'
    handler.send_response(200)
    handler.send_header("Content-Type", "application/x-protobuf" if is_otlp else "application/json")
    handler.send_header("Content-Length", str(len(answer)))
    handler.end_headers()
    handler.wfile.write(answer)


def refuse(handler: BaseHTTPRequestHandler) -> None:
    """Answers 500."""
    handler.send_response(500)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def hang(_: BaseHTTPRequestHandler) -> None:
    """Answers nothing for longer than any job waits."""
    threading.Event().wait(60)


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    """`script(text)` is a file that holds it."""

    def write(text: str) -> Path:
        file = tmp_path / "train.py"
        file.write_text(text)
        return file

    return write


def test_a_job_is_a_span_below_its_stage_and_its_steps_are_spans_below_the_job(start_job, script, collect):
    collector = collect()
    env = PARENT | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "LANDFALL_STAGE": "train", "RANK": "0"}
    job = start_job(script(TRAINS), "--run", "iris-1", *GIVEN, env=env)
    assert job.wait(60) == 0, job.stdout.read()

    whole, *steps = collector.spans()
    assert {span.trace_id.hex() for span in collector.spans()} == {TRACE_ID}
    assert (whole.name, whole.parent_span_id.hex()) == ("train job", STAGE_ID)
    assert facts_of(whole) == {
        "run": "iris-1",
        "pipeline": "iris",
        "stage": "train",
        "attempt": 1,
        "rank": 0,
        "status": "Succeeded",
    }
    assert [step.name for step in steps] == ["Reading.", "Epoch 0 of 3, loss 1.0000.", "Writing."]
    assert {step.parent_span_id for step in steps} == {whole.span_id}
    assert [event.name for event in steps[1].events] == ["Epoch 1 of 3, loss 0.5000.", "Epoch 2 of 3, loss 0.3333."]
    assert all(step.end_time_unix_nano <= whole.end_time_unix_nano for step in steps)


def test_a_job_that_fails_says_why(start_job, script, collect):
    collector = collect()
    env = PARENT | {"OTEL_EXPORTER_OTLP_ENDPOINT": f"{collector.url}/"}
    assert start_job(script(REFUSES), "--run", "iris-2", *GIVEN, env=env).wait(60) == 1
    whole, step = collector.spans()
    assert facts_of(whole).items() >= {"status": "Failed", "reason": "TooManyBadRows"}.items()
    assert (whole.status.code, whole.status.message) == (2, "a.csv row 3 is bad")
    assert (step.name, step.status.code) == ("Reading.", 0)


def test_application_insights_gets_the_job_as_a_request_and_its_steps_as_dependencies(start_job, script, collect):
    insights = collect()
    connection = f"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={insights.url}/"
    env = PARENT | {"APPLICATIONINSIGHTS_CONNECTION_STRING": connection, "LANDFALL_STAGE": "train"}
    job = start_job(script(TRAINS), "--run", "iris-3", *GIVEN, env=env)
    assert job.wait(60) == 0, job.stdout.read()
    sent = [item for body in insights.bodies for item in json.loads(body)]
    # A metric beside them describes the resource.
    items = [item for item in sent if item["data"]["baseType"] != "MetricData"]
    assert {item["tags"]["ai.operation.id"] for item in items} == {TRACE_ID}
    requests = [item for item in items if item["data"]["baseType"] == "RequestData"]
    assert [request["data"]["baseData"]["name"] for request in requests] == ["train job"]
    assert requests[0]["tags"]["ai.operation.parentId"] == STAGE_ID
    assert requests[0]["tags"]["ai.cloud.role"] == "landfall-train"
    assert [item["data"]["baseType"] for item in items].count("RemoteDependencyData") == 3


@pytest.mark.parametrize("respond", [refuse, hang, None], ids=["answers 500", "hangs", "is down"])
def test_a_collector_that_takes_nothing_neither_fails_nor_holds_up_a_job(
    start_job, script, collect, new_port, read_result, respond
):
    url = collect(respond).url if respond else f"http://127.0.0.1:{new_port()}"
    run = f"calm-{respond.__name__ if respond else 'down'}"
    # The result comes before the last spans: whoever waits for it does not wait for the collector.
    took = seconds_of(start_job, script, run, {})
    traced = seconds_of(start_job, script, run, PARENT | {"OTEL_EXPORTER_OTLP_ENDPOINT": url})
    assert traced - took < LAST_SECONDS + 3
    assert read_result(run, "train")["status"] == "Succeeded"


def seconds_of(start_job, script, run: str, env: dict[str, str]) -> float:
    """How long a job takes that must succeed and say nothing but its own words."""
    began = time.monotonic()
    job = start_job(script(TRAINS), "--run", run, *GIVEN, env=env)
    assert job.wait(60) == 0
    output = job.stdout.read()
    assert [line.split()[0] for line in output.splitlines()] == ["Reading.", "Epoch", "Epoch", "Epoch", "Writing."]
    return time.monotonic() - began


def test_without_a_place_to_go_nothing_is_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    assert isinstance(start_trace(PARENT, "train job", {}), NoTrace)


def test_a_base_image_without_the_packages_runs_its_jobs_all_the_same(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    trace = start_trace({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, "train job", {})
    assert isinstance(trace, NoTrace)
    assert "This job is not traced: " in capsys.readouterr().err


def test_steps_without_end_stay_few(collect):
    collector = collect()
    trace = start_trace({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}, "train job", {})
    words = [chr(97 + i % 26) * (1 + i // 26) for i in range(5_000)]
    for word in words:
        trace.step(word)
    trace.end({"status": "Succeeded"})
    assert 150 < len(collector.spans()) <= 201


def facts_of(span) -> dict:
    """Our own attributes of a span, without their prefix."""
    return {
        each.key.removeprefix("landfall."): getattr(each.value, each.value.WhichOneof("value"))
        for each in span.attributes
    }
