"""The champion as the baseline of a training: a model version of the lake, asked about the held-out rows."""

import io
import json
from dataclasses import dataclass

import pyarrow
import torch
from torch import Tensor

from landfall_runtime.features import Feature, encode, read_features
from landfall_runtime.lake import Lake
from landfall_runtime.targets import Classes, Target, read_target


class BaselineProblem(Exception):  # noqa: N818 - no failure of the job, which goes on and hands it to a person
    """Why the champion cannot be evaluated, in one sentence."""


@dataclass(frozen=True)
class Champion:
    """A model version as it is served: TorchScript from encoded rows [rows, features] to answers [rows, outputs]."""

    folder: str
    features: list[Feature]
    target: Target
    module: torch.jit.ScriptModule

    @torch.no_grad()
    def answers(self, rows: pyarrow.Table) -> Tensor:
        """Its answers [rows, outputs] on a table that has its features among its columns, in whatever order."""
        missing = [feature.name for feature in self.features if feature.name not in rows.column_names]
        if missing:
            raise BaselineProblem(f"The champion {self.folder} reads {', '.join(missing)}, which the data lacks.")
        try:
            columns = {feature.name: rows[feature.name].to_pylist() for feature in self.features}
            answers = self.module(encode(self.features, columns))
        except Exception as error:
            # TorchScript's own stack comes first, and the error itself last.
            raise BaselineProblem(f"The champion {self.folder} fails on these rows: {line(error, -1)}.") from error
        expected, came = [rows.num_rows, self.target.outputs], list(getattr(answers, "shape", ()))
        what = "logits" if isinstance(self.target, Classes) else "numbers"
        if came != expected:
            raise BaselineProblem(f"The champion {self.folder} should answer {what} {expected}, and answers {came}.")
        if not torch.isfinite(answers).all():
            raise BaselineProblem(f"The champion {self.folder} answers with infinite values or NaN.")
        return answers


def load_champion(lake: Lake, folder: str, task: str = Classes.kind) -> Champion:
    """The model version in a folder of the lake, from its model.ts.pt and model.json; BaselineProblem if it cannot."""
    try:
        about = json.loads(lake.read(f"{folder}/model.json"))
        features, target = read_features(about), read_target(about)
        module = torch.jit.load(io.BytesIO(lake.read(f"{folder}/model.ts.pt")), map_location="cpu").eval()
    except Exception as error:  # whatever it is, the new model is trained, and worth keeping
        raise BaselineProblem(f"The champion {folder} cannot be loaded: {line(error, 0)}.") from error
    if target.kind != task:
        raise BaselineProblem(f"The champion {folder} is a {target.kind}, and this model a {task}.")
    return Champion(folder, features, target, module)


def line(error: Exception, which: int) -> str:
    """One line of an error, up to its first full stop: behind it torch gives long advice."""
    text = (str(error).strip() or type(error).__name__).splitlines()[which]
    return text.partition(". ")[0].rstrip(".")[:150]
