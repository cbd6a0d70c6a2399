import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from landfall_runtime.distributed import listen, read_place, resolve
from landfall_runtime.failure import JobFailure

GIVEN = ("--batch", "b", "--input", "curated/iris/b", "--output", "models/iris/b")

SUMS_RANKS = """
import os, sys, time
import torch
import torch.distributed as dist
from landfall_runtime.distributed import process_group
def main(job):
    with process_group(os.environ) as group:
        total = torch.tensor([group.rank + 1.0])
        dist.all_reduce(total)
        print("joined", flush=True)
        time.sleep(float(job.params.get("wait", "0")))
        if job.params.get("fails") == str(group.rank):
            raise ValueError(f"rank {group.rank} is ill")
        dist.barrier()
    return {"metrics": {"total": total.item(), "worldSize": group.world_size}}
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "train.py"
    file.write_text(SUMS_RANKS)
    return file


@pytest.fixture
def start_ranks(start_job, script, new_port):
    def start(run: str, world_size: int, *arguments: str) -> list[subprocess.Popen]:
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(new_port()), "WORLD_SIZE": str(world_size)}
        return [
            start_job(script, "--run", run, *GIVEN, *arguments, env=place | {"RANK": str(rank)})
            for rank in range(world_size)
        ]

    return start


def test_two_ranks_reduce_together_and_listen_on_loopback_only(start_ranks, read_result):
    ranks = start_ranks("two", 2, "--param", "wait=3")
    for rank in ranks:
        assert any(line == "joined\n" for line in rank.stdout)
    addresses = {address for rank in ranks for address in listening(rank.pid)}
    assert [rank.wait(60) for rank in ranks] == [0, 0]
    assert read_result("two", "train")["metrics"] == {"total": 3.0, "worldSize": 2}
    assert addresses == {"127.0.0.1"}


def test_a_failing_ranks_own_error_is_the_result(start_ranks, read_result):
    ranks = start_ranks("ill", 2, "--param", "fails=1")
    assert [rank.wait(60) for rank in ranks] == [1, 1]
    assert "rank 1 is ill" in read_result("ill", "train")["error"]["message"]


@pytest.fixture
def start_pods(start_job, script, new_port):
    """Starts pods of two processes each, by the command and with the environment that such pods have."""

    def start(run: str, pods: int, *arguments: str) -> list[subprocess.Popen]:
        port = str(new_port())
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": str(2 * pods)}
        place |= {"PET_MASTER_ADDR": "127.0.0.1", "PET_MASTER_PORT": port}
        place |= {"PET_NNODES": str(pods), "PET_NPROC_PER_NODE": "2"}
        launcher = ("-m", "torch.distributed.run", "-m", "--")
        return [
            start_job(
                script,
                *("--run", run, *GIVEN, *arguments),
                env=place | {"RANK": str(pod), "PET_NODE_RANK": str(pod)},
                launcher=launcher,
            )
            for pod in range(pods)
        ]

    return start


def test_pods_of_several_processes_are_one_group_of_all_of_them(start_pods, read_result):
    assert [pod.wait(120) for pod in start_pods("gpus", 2)] == [0, 0]
    assert read_result("gpus", "train")["metrics"] == {"total": 10.0, "worldSize": 4}


def test_in_pods_of_several_processes_a_failing_ranks_own_error_is_the_result(start_pods, read_result):
    (pod,) = start_pods("ill-gpu", 1, "--param", "fails=1")
    assert pod.wait(120) != 0
    assert "rank 1 is ill" in read_result("ill-gpu", "train")["error"]["message"]


def test_one_process_alone_is_a_group_of_one(start_job, script, read_result):
    assert start_job(script, "--run", "alone", *GIVEN).wait(60) == 0
    assert read_result("alone", "train")["metrics"] == {"total": 1.0, "worldSize": 1}


def test_a_rendezvous_that_is_no_number_or_lacks_its_port_is_refused():
    with pytest.raises(JobFailure, match="must be numbers"):
        read_place({"RANK": "first"})
    with pytest.raises(JobFailure, match="MASTER_PORT is not set"):
        read_place({"WORLD_SIZE": "2"})


def test_an_address_that_is_not_ours_or_a_port_that_is_taken_is_refused():
    with pytest.raises(JobFailure, match=r"cannot listen on 192\.0\.2\.1:1234"):
        listen("192.0.2.1", 1234)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(JobFailure, match="cannot listen"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_the_masters_name_may_take_a_while_to_appear():
    answers = iter([socket.gaierror(), socket.gaierror(), [(2, 1, 6, "", ("10.0.0.9", 0))]])
    slept = []

    def lookup(*_args, **_kwargs):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert resolve("job-master-0", lookup=lookup, sleep=slept.append) == "10.0.0.9"
    assert slept == [1, 1]


def test_a_master_without_an_address_is_a_failure():
    def lookup(*_args, **_kwargs):
        raise socket.gaierror

    with pytest.raises(JobFailure, match="MASTER_ADDR job-master-0 has no address"):
        resolve("job-master-0", seconds=3, lookup=lookup, sleep=lambda _: None)


def listening(pid: int) -> set[str]:
    """The addresses that a process listens on; gloo opens its socket a moment after it joined."""
    for _ in range(20):
        connections = psutil.Process(pid).connections("tcp")
        found = {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
        if found:
            return found
        time.sleep(0.1)
    return set()
