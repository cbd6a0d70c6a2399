import io

import torch
from model import IrisClassifier


def test_scaling_travels_with_the_exported_module():
    rows = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
    model = IrisClassifier(features=2, hidden=4, classes=3)
    model.scale_to(rows)
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(model), buffer)
    buffer.seek(0)
    assert torch.equal(torch.jit.load(buffer)(rows), model(rows))
    assert model.mean.tolist() == [2.0, 20.0]


def test_a_feature_that_never_varies_does_not_divide_by_zero():
    model = IrisClassifier(features=1, hidden=2, classes=2)
    model.scale_to(torch.full((5, 1), 7.0))
    assert torch.isfinite(model(torch.tensor([[7.0]]))).all()
