"""A folder of this machine in place of the data lake: for tests, and to run a stage by hand with no lake at all."""

import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit


class FolderLake:
    """Has the verbs of `lake.Lake`; LANDFALL_LAKE_URL=file:///FOLDER makes a job use it."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        self.folder = Path(unquote(urlsplit(url).path))

    def read(self, path: str) -> bytes:
        """The whole file; FileNotFoundError when there is none."""
        try:
            return self.place(path).read_bytes()
        except (FileNotFoundError, IsADirectoryError) as error:
            raise FileNotFoundError(f"The lake has no file {path}.") from error

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder of that path."""
        return self.place(path).exists()

    def write(self, path: str, data: bytes) -> None:
        """Writes or overwrites a file."""
        self.replace(path, data)

    def write_if_absent(self, path: str, data: bytes) -> bool:
        """Writes a file unless there is one already; says whether it wrote."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with place.open("xb") as file:
                file.write(data)
        except FileExistsError:
            return False
        return True

    def replace(self, path: str, data: bytes) -> None:
        """Writes a file aside and renames it, so that whoever reads the path sees the old content or the new, whole."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
        aside.write_bytes(data)
        aside.replace(place)

    def write_chunks(self, path: str, chunks: Iterable[bytes]) -> None:
        """Writes a file piece by piece, so that it need not fit into memory."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            file.writelines(chunks)

    def rename_if_absent(self, path: str, new_path: str) -> bool:
        """Renames a file unless there is one of the new name already; says whether it did."""
        self.place(new_path).parent.mkdir(parents=True, exist_ok=True)
        try:
            # A link replaces nothing, as a rename would.
            os.link(self.place(path), self.place(new_path))
        except FileExistsError:
            return False
        self.delete(path)
        return True

    def delete(self, path: str) -> None:
        """Deletes a file; none to delete is fine."""
        self.place(path).unlink(missing_ok=True)

    def list_files(self, folder: str) -> list[str]:
        """The lake paths of all files below a folder, sorted; none when the folder is not there."""
        found = self.place(folder).rglob("*")
        return sorted(file.relative_to(self.folder).as_posix() for file in found if file.is_file())

    def download(self, folder: str, target: Path) -> list[Path]:
        """Copies all files below a folder into a local one; returns what it wrote."""
        written = []
        for path in self.list_files(folder):
            file = target / os.path.relpath(path, folder)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.read(path))
            written.append(file)
        return written

    def abfs_uri(self, path: str) -> str:
        """The path as Spark reads and writes it."""
        return f"file://{self.place(path)}"

    def place(self, path: str) -> Path:
        """Where a lake path lies; ValueError for one that leads out of the folder."""
        place = self.folder / path.strip("/")
        if ".." in place.parts or not path.strip("/"):
            raise ValueError(f"A lake path is FILESYSTEM/path, not {path!r}.")
        return place
