from pathlib import Path

import pytest
from landfall_runtime.folder_lake import FolderLake
from landfall_runtime.lake import Lake, lake_from_environment


@pytest.fixture
def folder(tmp_path: Path) -> FolderLake:
    lake = lake_from_environment({"LANDFALL_LAKE_URL": (tmp_path / "a lake").as_uri()})
    assert isinstance(lake, FolderLake)
    return lake


def test_it_has_every_verb_of_the_lake():
    verbs = {name for name in vars(Lake) if not name.startswith("_")}
    assert verbs <= set(vars(FolderLake))


def test_files_are_written_read_listed_and_copied(folder: FolderLake, tmp_path: Path):
    folder.write("models/a/b/weights.pt", b"1")
    folder.replace("models/a/b/weights.pt", b"2")
    assert folder.write_if_absent("models/a/b/weights.pt", b"3") is False
    assert folder.write_if_absent("models/a/c", b"4") is True
    assert folder.read("models/a/b/weights.pt") == b"2"
    assert folder.list_files("models/a") == ["models/a/b/weights.pt", "models/a/c"]
    assert (folder.exists("models/a/b"), folder.exists("models/z")) == (True, False)
    folder.download("models/a", tmp_path / "copy")
    assert (tmp_path / "copy/b/weights.pt").read_bytes() == b"2"
    assert folder.abfs_uri("models/a") == f"file://{tmp_path}/a lake/models/a"


def test_files_come_in_pieces_and_go(folder: FolderLake):
    folder.write_chunks("landing/a/.part", [b"1", b"2"])
    assert folder.rename_if_absent("landing/a/.part", "landing/a/new/b.csv") is True
    folder.write("landing/a/.part", b"3")
    assert folder.rename_if_absent("landing/a/.part", "landing/a/new/b.csv") is False
    assert folder.read("landing/a/new/b.csv") == b"12"
    for _ in range(2):
        folder.delete("landing/a/.part")
    assert folder.list_files("landing/a") == ["landing/a/new/b.csv"]


def test_what_is_not_there_is_not_there(folder: FolderLake):
    with pytest.raises(FileNotFoundError, match="The lake has no file runs/none"):
        folder.read("runs/none")
    assert folder.list_files("runs") == []


@pytest.mark.parametrize("path", ["", "/", "../up", "runs/../../up"])
def test_no_path_leads_out_of_it(folder: FolderLake, path: str):
    with pytest.raises(ValueError, match="A lake path is"):
        folder.read(path)
