"""The data lake in a few verbs, over the Data Lake SDK.

A lake path is `FILESYSTEM/path`, as in `landing/iris/a.csv`.
"""

import ipaddress
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.storage.filedatalake import DataLakeFileClient, DataLakeServiceClient

from landfall_runtime.failure import JobFailure
from landfall_runtime.folder_lake import FolderLake


class Lake:
    """The lake at a DFS endpoint, opened with an account key or, without one, with the workload's own identity."""

    def __init__(self, url: str, key: str | None = None):
        self.url = url.rstrip("/")
        credential = AzureNamedKeyCredential(account_of(url), key) if key else DefaultAzureCredential()
        self._service = DataLakeServiceClient(self.url, credential=credential)

    def read(self, path: str) -> bytes:
        """The whole file; FileNotFoundError when there is none."""
        try:
            return self._file(path).download_file().readall()
        except ResourceNotFoundError as error:
            raise FileNotFoundError(f"The lake has no file {path}.") from error

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder of that path."""
        return self._file(path).exists()

    def write(self, path: str, data: bytes) -> None:
        """Writes or overwrites a file; it is flushed with close, so that the lake announces it."""
        self._file(path).upload_data(data, overwrite=True)

    def write_if_absent(self, path: str, data: bytes) -> bool:
        """Writes a file unless there is one already; says whether it wrote."""
        file = self._file(path)
        try:
            file.create_file(match_condition=MatchConditions.IfMissing)
        except ResourceExistsError:
            return False
        file.append_data(data, offset=0, length=len(data))
        file.flush_data(len(data), close=True)
        return True

    def replace(self, path: str, data: bytes) -> None:
        """Writes a file aside and renames it, so that whoever reads the path sees the old content or the new, whole."""
        folder, _, name = path.rpartition("/")
        aside = f"{folder}/.{name}.{uuid.uuid4().hex}"
        self.write(aside, data)
        self._file(aside).rename_file(path)

    def write_chunks(self, path: str, chunks: Iterable[bytes]) -> None:
        """Writes a file piece by piece, so that it need not fit into memory; the lake does not announce it."""
        file = self._file(path)
        file.create_file()
        size = 0
        for chunk in chunks:
            file.append_data(chunk, offset=size, length=len(chunk))
            size += len(chunk)
        file.flush_data(size)

    def rename_if_absent(self, path: str, new_path: str) -> bool:
        """Renames a file unless there is one of the new name already; says whether it did."""
        filesystem, name = split_path(path)
        # The SDK unquotes the name of what it renames, and no other.
        file = self._service.get_file_client(filesystem, quote(name))
        try:
            file.rename_file(new_path, match_condition=MatchConditions.IfMissing)
        except HttpResponseError as error:
            if error.status_code not in (409, 412) or not self.exists(new_path):
                raise
            return False
        return True

    def delete(self, path: str) -> None:
        """Deletes a file; none to delete is fine."""
        with suppress(ResourceNotFoundError):
            self._file(path).delete_file()

    def list_files(self, folder: str) -> list[str]:
        """The lake paths of all files below a folder, sorted; none when the folder is not there."""
        filesystem, path = split_path(folder)
        found = self._service.get_file_system_client(filesystem).get_paths(path=path, recursive=True)
        try:
            return sorted(f"{filesystem}/{item.name}" for item in found if not item.is_directory)
        except ResourceNotFoundError:
            return []

    def download(self, folder: str, target: Path) -> list[Path]:
        """Copies all files below a folder into a local one; returns what it wrote."""
        written = []
        for path in self.list_files(folder):
            file = target / path.removeprefix(folder).lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.read(path))
            written.append(file)
        return written

    def abfs_uri(self, path: str) -> str:
        """The path as Spark reads and writes it."""
        return abfs_uri(self.url, path)

    def _file(self, path: str) -> DataLakeFileClient:
        return self._service.get_file_client(*split_path(path))


def lake_from_environment(env: Mapping[str, str]) -> Lake | FolderLake:
    """The lake of LANDFALL_LAKE_URL, with AZURE_STORAGE_KEY where that is set; a folder where the URL names one."""
    url = lake_url(env)
    return FolderLake(url) if is_folder(url) else Lake(url, env.get("AZURE_STORAGE_KEY"))


def lake_url(env: Mapping[str, str]) -> str:
    """The DFS endpoint in the environment."""
    url = env.get("LANDFALL_LAKE_URL", "")
    if not url.startswith(("https://", "http://")) and not is_folder(url):
        raise JobFailure(
            "NoLake",
            f"LANDFALL_LAKE_URL must be the DFS endpoint of the lake, not {url!r}.",
            "Set it to https://ACCOUNT.dfs.core.windows.net, or locally to http://127.0.0.1:PORT/ACCOUNT or file:///FOLDER.",
        )
    return url


def is_folder(url: str) -> bool:
    """Whether the lake is a folder of this machine."""
    return url.startswith("file:///")


def is_path_style(url: str) -> bool:
    """Whether the account is the first part of the path, as at an address without a name, or of the host name."""
    return bool(urlsplit(url).path.strip("/"))


def is_loopback(url: str) -> bool:
    """Whether the endpoint is on this machine."""
    if is_folder(url):
        return True
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def account_of(url: str) -> str:
    """The storage account that a DFS endpoint serves."""
    parts = urlsplit(url)
    return parts.path.strip("/").split("/")[0] if is_path_style(url) else (parts.hostname or "").split(".")[0]


def abfs_host(url: str) -> str:
    """The host in abfs URIs: the endpoint's own, or for a path style endpoint the name that ABFS demands."""
    return f"{account_of(url)}.dfs.core.windows.net" if is_path_style(url) else urlsplit(url).hostname or ""


def abfs_uri(url: str, path: str) -> str:
    """`abfss://FILESYSTEM@HOST/path`, or abfs: where the endpoint is plain http."""
    filesystem, rest = split_path(path)
    scheme = "abfss" if url.startswith("https:") else "abfs"
    return f"{scheme}://{filesystem}@{abfs_host(url)}/{rest}"


def split_path(path: str) -> tuple[str, str]:
    """A lake path as file system and path within it."""
    filesystem, _, rest = path.strip("/").partition("/")
    if not filesystem or not rest:
        raise ValueError(f"A lake path is FILESYSTEM/path, not {path!r}.")
    return filesystem, rest
