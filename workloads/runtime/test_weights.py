import io

import pytest
import torch
from landfall_runtime.checkpoint import to_bytes
from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake
from landfall_runtime.weights import load_weights

FITS = {"weight": torch.tensor([[1.0, 2.0]]), "bias": torch.tensor([3.0])}


def script() -> bytes:
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), buffer)
    return buffer.getvalue()


def test_a_model_takes_all_of_its_state_from_the_file(lake: Lake):
    lake.write("models/weights/fits.pt", to_bytes(FITS | {"weight": FITS["weight"].double()}))
    model = torch.nn.Linear(2, 1)
    load_weights(lake, "models/weights/fits.pt", model)
    assert torch.equal(model(torch.tensor([[10.0, 100.0]])), torch.tensor([[213.0]]))
    assert model.weight.dtype == torch.float32


def test_buffers_are_part_of_the_state(lake: Lake):
    normalized = torch.nn.BatchNorm1d(1)
    normalized(torch.tensor([[1.0], [3.0]]))
    lake.write("models/weights/buffers.pt", to_bytes(normalized.state_dict()))
    model = torch.nn.BatchNorm1d(1)
    load_weights(lake, "models/weights/buffers.pt", model)
    assert model.running_mean.item() == pytest.approx(0.2)
    assert model.num_batches_tracked == 1


@pytest.mark.filterwarnings("ignore:'torch.load' received a zip file that looks like a TorchScript archive")
@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"nonsense", r"cannot read these 8 bytes \(UnpicklingError\)", id="other bytes"),
        pytest.param(to_bytes(FITS)[:500], "cannot read these 500 bytes", id="cut off"),
        pytest.param(script(), "torch.load cannot read", id="TorchScript"),
        pytest.param(to_bytes(torch.nn.Linear(2, 1)), "torch.load cannot read", id="a module, which is code"),
        pytest.param(to_bytes([1.0]), "a state dict was expected, not list", id="a list"),
        pytest.param(to_bytes({}), r"weight \[1, 2\] was expected, and there is only \[\]", id="nothing"),
        pytest.param(
            to_bytes({"epoch": 3, "model": FITS}), r"there is only \['epoch', 'model'\]", id="a training checkpoint"
        ),
        pytest.param(
            to_bytes({"weight": FITS["weight"]}), r"bias \[1\] was expected, .* only \['weight'\]", id="a key too few"
        ),
        pytest.param(
            to_bytes(FITS | {"scale": torch.ones(1)}), r"'scale' was not expected, only \['weight'", id="a key too many"
        ),
        pytest.param(
            to_bytes(FITS | {"weight": 1.0}), r"weight should be a tensor \[1, 2\], and is float", id="a number"
        ),
        pytest.param(
            to_bytes(FITS | {"bias": torch.ones(2)}), r"bias should have shape \[1\], and has \[2\]", id="shape"
        ),
        pytest.param(to_bytes(FITS | {"bias": torch.tensor([torch.nan])}), "bias should be finite", id="NaN"),
        pytest.param(
            to_bytes(FITS | {"bias": torch.tensor([1e300], dtype=torch.float64)}),
            "bias should be finite",
            id="infinite in 32 bits",
        ),
    ],
)
def test_a_file_that_is_not_the_models_state_is_refused_and_leaves_the_model_as_it_was(lake: Lake, data, problem):
    lake.write("models/weights/bad.pt", data)
    model = torch.nn.Linear(2, 1)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(JobFailure, match=rf"^BadWeights: models/weights/bad.pt: .*{problem}.*\.$") as failure:
        load_weights(lake, "models/weights/bad.pt", model)
    assert failure.value.hint
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("models/weights/gone.pt", "there is no such file"),
        ("nowhere/weights/gone.pt", "there is no such file"),
        ("models/weights/folder", "torch.load cannot read these 0 bytes"),
        ("weights.pt", "this is no path in the lake"),
    ],
)
def test_a_path_without_a_file_is_refused(lake: Lake, path, problem):
    lake.write("models/weights/folder/about.json", b"{}")
    with pytest.raises(JobFailure, match=f"^BadWeights: {path}: .*{problem}"):
        load_weights(lake, path, torch.nn.Linear(2, 1))
