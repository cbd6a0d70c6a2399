import io
import json
import zlib
from collections.abc import Callable

import pyarrow
import pytest
import torch
from landfall_runtime.baseline import BaselineProblem, load_champion
from landfall_runtime.lake import Lake

ABOUT = {"features": ["b", "a"], "classes": ["no", "yes"]}
ROWS = pyarrow.table({"a": [1.0, 2.0, 3.0], "unused": ["x", "y", "z"], "b": [10, 20, 30]})


class Answering(torch.nn.Module):
    """A model that answers whatever a function of its rows does."""

    def __init__(self, answer: Callable[[torch.Tensor], torch.Tensor]):
        super().__init__()
        self.answer = answer

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.answer(rows)


def script(answer: Callable[[torch.Tensor], torch.Tensor]) -> bytes:
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(Answering(answer), torch.ones(3, 2)), buffer)
    return buffer.getvalue()


@pytest.fixture
def put(lake: Lake, request: pytest.FixtureRequest) -> Callable[..., str]:
    """`put(script, about)` writes a model version and is its folder."""

    def write(module: bytes, about: object = ABOUT) -> str:
        folder = f"models/baseline/{zlib.crc32(request.node.name.encode())}"
        lake.write(f"{folder}/model.json", about if isinstance(about, bytes) else json.dumps(about).encode())
        lake.write(f"{folder}/model.ts.pt", module)
        return folder

    return write


def test_a_champion_reads_its_features_by_name(lake: Lake, put):
    champion = load_champion(lake, put(script(lambda rows: rows * 2)))
    assert champion.target.names == ["no", "yes"]
    assert champion.answers(ROWS).tolist() == [[20, 2], [40, 4], [60, 6]]


@pytest.mark.parametrize(
    ("about", "problem"),
    [
        (b"{", "Expecting property name"),
        (b"\xff", "codec can't decode"),
        ([], "features in model.json must be a list of names, not None"),
        ({"features": ["a"]}, "classes in model.json must be a list of names, not None"),
        ({"features": [], "classes": ["no"]}, r"features in model.json must be a list of names, not \[\]"),
        ({"features": [1], "classes": ["no"]}, r"features in model.json must be a list of names, not \[1\]"),
    ],
)
def test_a_model_json_that_does_not_tell_is_a_problem(lake: Lake, put, about, problem):
    folder = put(script(lambda rows: rows), about)
    with pytest.raises(BaselineProblem, match=rf"^The champion {folder} cannot be loaded: .*{problem}.*(?<!\.)\.$"):
        load_champion(lake, folder)


@pytest.mark.parametrize("module", [b"nonsense", script(lambda rows: rows)[:1000]])
def test_torchscript_that_cannot_be_read_is_a_problem_in_one_sentence(lake: Lake, put, module):
    folder = put(module)
    with pytest.raises(BaselineProblem, match=rf"^The champion {folder} cannot be loaded: [^.]+\.$"):
        load_champion(lake, folder)


def test_files_that_are_gone_are_a_problem(lake: Lake):
    lake.write("models/baseline/half/model.json", json.dumps(ABOUT).encode())
    for folder, file in [("models/baseline/none", "model.json"), ("models/baseline/half", "model.ts.pt")]:
        with pytest.raises(BaselineProblem, match=f"cannot be loaded: The lake has no file {folder}/{file}"):
            load_champion(lake, folder)


@pytest.mark.parametrize(
    ("answer", "about", "problem"),
    [
        (lambda rows: rows, {"features": ["a", "c", "d"]}, "reads c, d, which the data lacks"),
        (lambda rows: rows, {"features": ["a", "unused"]}, "fails on these rows: "),
        (lambda rows: rows @ torch.ones(2, 2), {"features": ["a"]}, "fails on these rows: .*cannot be multiplied"),
        (
            lambda rows: rows,
            {"classes": ["no", "yes", "maybe"]},
            r"should answer logits \[3, 3\], and answers \[3, 2\]",
        ),
        (lambda rows: (rows, rows), {}, r"should answer logits \[3, 2\], and answers \[\]"),
        (lambda rows: rows / 0, {}, "answers with infinite values or NaN"),
    ],
)
def test_a_champion_that_cannot_answer_is_a_problem(lake: Lake, put, answer, about, problem):
    champion = load_champion(lake, put(script(answer), ABOUT | about))
    with pytest.raises(BaselineProblem, match=rf"^The champion {champion.folder} {problem}.*\.$"):
        champion.answers(ROWS)
