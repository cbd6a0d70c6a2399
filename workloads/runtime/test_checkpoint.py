import torch
from landfall_runtime.checkpoint import load_checkpoint, save_checkpoint
from landfall_runtime.lake import Lake


def test_there_is_no_checkpoint_before_the_first(lake: Lake):
    assert load_checkpoint(lake, "runs/checkpoint/none.pt") is None


def test_the_last_checkpoint_is_loaded_whole(lake: Lake):
    place = "runs/checkpoint/state.pt"
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    for epoch in (1, 2):
        state = {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
        save_checkpoint(lake, place, state)
    loaded = load_checkpoint(lake, place)
    assert loaded["epoch"] == 2
    assert torch.equal(loaded["model"]["weight"], model.weight)
    assert loaded["optimizer"]["state"][0]["step"] == 1
