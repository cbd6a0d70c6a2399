import threading
from pathlib import Path

import pytest
from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake, abfs_uri, account_of, is_loopback, lake_url, split_path

AZURE = "https://acme.dfs.core.windows.net"
LOCAL = "http://127.0.0.1:7080/landfall"


def test_an_azure_endpoint_names_account_and_abfs_host():
    assert account_of(AZURE) == "acme"
    assert abfs_uri(AZURE, "curated/iris/batch=1") == "abfss://curated@acme.dfs.core.windows.net/iris/batch=1"
    assert not is_loopback(AZURE)


def test_a_path_style_endpoint_gets_the_host_that_abfs_demands():
    assert account_of(LOCAL) == "landfall"
    assert abfs_uri(LOCAL, "landing/a b%.csv") == "abfs://landing@landfall.dfs.core.windows.net/a b%.csv"
    assert is_loopback(LOCAL)
    assert is_loopback("http://[::1]:1/landfall")
    assert not is_loopback("http://10.0.0.7:7080/landfall")


def test_a_missing_endpoint_is_a_failure_with_a_cure():
    with pytest.raises(JobFailure) as caught:
        lake_url({})
    assert caught.value.reason == "NoLake"
    assert "LANDFALL_LAKE_URL" in caught.value.message
    assert "https://ACCOUNT" in caught.value.hint


@pytest.mark.parametrize("path", ["", "/", "landing", "/landing/"])
def test_a_path_without_file_system_or_rest_is_refused(path: str):
    with pytest.raises(ValueError, match="FILESYSTEM/path"):
        split_path(path)


@pytest.mark.parametrize("name", ["plain.csv", "with space.csv", "übung.csv", "100%25 done+more.csv", "a[1]#?.csv"])
def test_what_is_written_is_read_back_under_any_name(lake: Lake, name: str):
    path = f"landing/lake/names/{name}"
    lake.write(path, b"one")
    lake.write(path, b"two, longer")
    assert lake.read(path) == b"two, longer"
    assert lake.exists(path)
    assert path in lake.list_files("landing/lake/names")


def test_what_is_not_there_is_said_so(lake: Lake):
    assert not lake.exists("landing/lake/nothing")
    assert lake.list_files("landing/lake/no/folder") == []
    with pytest.raises(FileNotFoundError, match="landing/lake/nothing"):
        lake.read("landing/lake/nothing")


def test_of_many_first_writes_one_wins(lake: Lake):
    wrote = []
    threads = [
        threading.Thread(target=lambda n=n: wrote.append(lake.write_if_absent("runs/lake/first", b"%d" % n)))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wrote) == [False, False, False, True]
    assert len(lake.read("runs/lake/first")) == 1


def test_replace_leaves_nothing_beside_the_file(lake: Lake):
    lake.replace("runs/lake/replaced/state", b"one")
    lake.replace("runs/lake/replaced/state", b"two")
    assert lake.read("runs/lake/replaced/state") == b"two"
    assert lake.list_files("runs/lake/replaced") == ["runs/lake/replaced/state"]


def test_a_folder_is_downloaded_with_its_subfolders(lake: Lake, tmp_path: Path):
    lake.write("models/lake/1/model.json", b"{}")
    lake.write("models/lake/1/deep/weights", b"123")
    assert sorted(lake.download("models/lake/1", tmp_path)) == [tmp_path / "deep/weights", tmp_path / "model.json"]
    assert (tmp_path / "deep/weights").read_bytes() == b"123"
