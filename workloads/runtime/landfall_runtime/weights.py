"""The weights that a training begins with, from a file of the lake."""

import io
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake


def load_weights(lake: Lake, path: str, model: nn.Module) -> None:
    """Gives a model on the CPU the parameters and buffers of a state dict, all of them, or fails with BadWeights."""
    state = read_state(lake, path)
    problem = difference(model.state_dict(), state)
    if problem:
        raise bad_weights(path, problem)
    model.load_state_dict(state)


def read_state(lake: Lake, path: str) -> object:
    """What torch finds in the file, on the CPU."""
    try:
        data = lake.read(path)
    except FileNotFoundError:
        raise bad_weights(path, "a state dict was expected, and there is no such file") from None
    except ValueError as error:
        raise bad_weights(path, f"this is no path in the lake ({error})") from None
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # of many kinds, and what most of them say is how to load it unsafely
        problem = f"a state dict was expected, and torch.load cannot read these {len(data)} bytes"
        raise bad_weights(path, f"{problem} ({type(error).__name__})") from error


def difference(expected: Mapping[str, Tensor], state: object) -> str | None:
    """The first thing in which a loaded object is not like the expected state dict; None when it has its form."""
    if not isinstance(state, Mapping):
        return f"a state dict was expected, not {type(state).__name__}"
    for name, tensor in expected.items():
        if name not in state:
            return f"{name} {list(tensor.shape)} was expected, and there is only {list(state)!r:.200}"
        came = state[name]
        if not isinstance(came, Tensor):
            return f"{name} should be a tensor {list(tensor.shape)}, and is {type(came).__name__}"
        if came.shape != tensor.shape:
            return f"{name} should have shape {list(tensor.shape)}, and has {list(came.shape)}"
        # As the model will hold it: what is finite in 64 bits may not be in 32.
        if not torch.isfinite(came.to(tensor.dtype)).all():
            return f"{name} should be finite, and has infinite values or NaN"
    unknown = [name for name in state if name not in expected]
    return f"{unknown[0]!r:.80} was not expected, only {list(expected)!r:.200}" if unknown else None


def bad_weights(path: str, problem: str) -> JobFailure:
    """The failure, with the way out of it."""
    hint = "Name the weights.pt of a model with the same features, classes and layers, or let the training begin fresh."
    return JobFailure("BadWeights", f"{path}: {problem}.", hint)
