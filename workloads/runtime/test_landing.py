import io
import json
from pathlib import Path

import pytest
from landfall_runtime.failure import JobFailure
from landfall_runtime.folder_lake import FolderLake
from landfall_runtime.job import Job, make_job, parse
from landfall_runtime.lake import Lake
from landfall_runtime.landing import CHUNK_BYTES, chunks_of, land, marked
from landfall_runtime.state import read_state, write_state


@pytest.fixture
def collect_job(lake: Lake, request: pytest.FixtureRequest) -> Job:
    """A collect job with a landing folder and a state of its own."""
    place = f"landing-{abs(hash(request.node.name))}"
    given = ["--input", f"runs/{place}/state.json", "--output", f"landing/{place}/"]
    return make_job(parse(["collect.py", "--run", "r", "--batch", "b", *given]), {"LANDFALL_PIPELINE": "iris"}, lake)


def files(job: Job) -> list[str]:
    return job.lake.list_files(job.output)


def test_content_lands_whole_under_a_name_with_its_hash_and_nothing_is_left_aside(collect_job: Job):
    landed = land(collect_job, "flowers.csv", b"a,b\n1,2\n")
    assert landed.is_new
    assert landed.path.startswith(f"{collect_job.output}flowers-")
    assert landed.path.endswith(".csv")
    assert files(collect_job) == [landed.path]
    assert collect_job.lake.read(landed.path) == b"a,b\n1,2\n"


def test_the_same_content_twice_is_one_file_and_other_content_is_another(collect_job: Job):
    first = land(collect_job, "flowers.csv", b"one")
    again = land(collect_job, "flowers.csv", io.BytesIO(b"one"))
    assert (again.path, again.is_new) == (first.path, False)
    other = land(collect_job, "flowers.csv", iter([b"t", b"", b"wo"]))
    assert other.is_new
    assert collect_job.lake.read(other.path) == b"two"
    assert sorted(files(collect_job)) == sorted([first.path, other.path])


def test_a_folder_in_place_of_the_lake_takes_the_same(tmp_path: Path):
    given = ["--run", "r", "--batch", "b", "--input", "runs/s/state.json", "--output", "landing/x/"]
    job = make_job(parse(["collect.py", *given]), {"LANDFALL_PIPELINE": "iris"}, FolderLake(tmp_path.as_uri()))
    first, again = (land(job, "ü 1%.csv", iter([b"a", b"b"])) for _ in range(2))
    assert (first.is_new, again.is_new) == (True, False)
    assert job.lake.list_files("landing/x") == [first.path]
    assert job.lake.read(first.path) == b"ab"


def test_what_fails_in_the_middle_lands_nothing(collect_job: Job):
    def breaks():
        yield b"a,b\n"
        raise ConnectionError("cut off")

    with pytest.raises(ConnectionError):
        land(collect_job, "flowers.csv", breaks())
    with pytest.raises(JobFailure, match="empty"):
        land(collect_job, "flowers.csv", b"")
    assert files(collect_job) == []


@pytest.mark.parametrize("name", ["ü 100%25 a+b.csv", "flowers", "a[1]#?.csv.gz"])
def test_any_plain_name_lands(collect_job: Job, name: str):
    landed = land(collect_job, name, b"x")
    assert files(collect_job) == [landed.path]
    assert collect_job.lake.read(landed.path) == b"x"


@pytest.mark.parametrize("name", ["", "../a.csv", "a/b.csv", "_SUCCESS", ".hidden", "a\\b", "x" * 300])
def test_a_name_that_would_leave_the_folder_or_not_be_seen_is_refused(collect_job: Job, name: str):
    with pytest.raises(JobFailure, match="no name"):
        land(collect_job, name, b"x")
    assert files(collect_job) == []


def test_large_content_is_cut_into_requests():
    pieces = list(chunks_of(iter([b"x" * (CHUNK_BYTES + 1), b"y"])))
    assert [len(piece) for piece in pieces] == [CHUNK_BYTES, 1, 1]
    assert [len(piece) for piece in chunks_of(io.BytesIO(b"z" * (CHUNK_BYTES + 2)))] == [CHUNK_BYTES, 2]


def test_a_mark_comes_before_the_extension():
    assert [marked(name, "1") for name in ("a.csv", "a.csv.gz", "a")] == ["a-1.csv", "a-1.csv.gz", "a-1"]


def test_state_is_empty_at_first_and_then_what_was_written_last(collect_job: Job):
    assert read_state(collect_job) == {}
    for last in (1, 2):
        write_state(collect_job, {"last": last})
    assert read_state(collect_job) == {"last": 2}
    assert collect_job.lake.list_files(collect_job.input.rpartition("/")[0]) == [collect_job.input]


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_state_that_somebody_broke_is_told(collect_job: Job, text: str):
    collect_job.lake.write(collect_job.input, text.encode())
    with pytest.raises(JobFailure, match=r"state\.json is no JSON") as caught:
        read_state(collect_job)
    assert caught.value.hint == "Correct it, or delete it to start anew."
    write_state(collect_job, json.loads('{"well": true}'))
    assert read_state(collect_job) == {"well": True}
