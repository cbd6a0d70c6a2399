"""The champion as the baseline of a training: a model version of the lake, asked about the held-out rows."""

import io
import json
from dataclasses import dataclass
from typing import Any

import pyarrow
import torch
from torch import Tensor

from landfall_runtime.lake import Lake


class BaselineProblem(Exception):  # noqa: N818 - no failure of the job, which goes on and hands it to a person
    """Why the champion cannot be evaluated, in one sentence."""


@dataclass(frozen=True)
class Champion:
    """A model version as it is served: TorchScript from features [rows, features] to logits [rows, classes]."""

    folder: str
    features: list[str]
    classes: list[str]
    module: torch.jit.ScriptModule

    @torch.no_grad()
    def logits(self, rows: pyarrow.Table) -> Tensor:
        """Its logits [rows, classes] on a table that has its features among its columns, in whatever order."""
        missing = [name for name in self.features if name not in rows.column_names]
        if missing:
            raise BaselineProblem(f"The champion {self.folder} reads {', '.join(missing)}, which the data lacks.")
        try:
            columns = [rows[name].to_pylist() for name in self.features]
            logits = self.module(torch.tensor(columns, dtype=torch.float32).T.contiguous())
        except Exception as error:
            # TorchScript's own stack comes first, and the error itself last.
            raise BaselineProblem(f"The champion {self.folder} fails on these rows: {line(error, -1)}.") from error
        expected, came = [rows.num_rows, len(self.classes)], list(getattr(logits, "shape", ()))
        if came != expected:
            raise BaselineProblem(f"The champion {self.folder} should answer logits {expected}, and answers {came}.")
        if not torch.isfinite(logits).all():
            raise BaselineProblem(f"The champion {self.folder} answers with infinite values or NaN.")
        return logits


def load_champion(lake: Lake, folder: str) -> Champion:
    """The model version in a folder of the lake, from its model.ts.pt and model.json; BaselineProblem if it cannot."""
    try:
        about = json.loads(lake.read(f"{folder}/model.json"))
        features, classes = names(about, "features"), names(about, "classes")
        module = torch.jit.load(io.BytesIO(lake.read(f"{folder}/model.ts.pt")), map_location="cpu").eval()
    except Exception as error:  # whatever it is, the new model is trained, and worth keeping
        raise BaselineProblem(f"The champion {folder} cannot be loaded: {line(error, 0)}.") from error
    return Champion(folder, features, classes, module)


def names(about: Any, key: str) -> list[str]:
    """A list of names in model.json."""
    found = about.get(key) if isinstance(about, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(name, str) for name in found):
        raise ValueError(f"{key} in model.json must be a list of names, not {found!r:.80}")
    return found


def line(error: Exception, which: int) -> str:
    """One line of an error, up to its first full stop: behind it torch gives long advice."""
    text = (str(error).strip() or type(error).__name__).splitlines()[which]
    return text.partition(". ")[0].rstrip(".")[:150]
