"""Training checkpoints in the lake: written aside and renamed, so that there is always a whole one."""

import io
from typing import Any

import torch

from landfall_runtime.lake import Lake


def to_bytes(state: Any) -> bytes:
    """A state dict, or any nest of tensors and plain values, in torch's file format."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def save_checkpoint(lake: Lake, path: str, state: dict[str, Any]) -> None:
    """Keeps all that it takes to resume; replaces the checkpoint before."""
    lake.replace(path, to_bytes(state))


def load_checkpoint(lake: Lake, path: str) -> dict[str, Any] | None:
    """The last checkpoint, on the CPU; None when there is none yet."""
    try:
        data = lake.read(path)
    except FileNotFoundError:
        return None
    return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
