"""The files of a model version in the lake: weights, TorchScript, the script, what it reads, golden requests."""

import inspect
import io
import json
from pathlib import Path

import torch
from torch import Tensor, nn

from landfall_runtime.checkpoint import to_bytes
from landfall_runtime.failure import JobFailure
from landfall_runtime.features import UNKNOWN, Feature, describe_features, encode, plain
from landfall_runtime.job import Job
from landfall_runtime.split import Split
from landfall_runtime.targets import Classes, Target

GOLDEN_TOLERANCE = 1e-4


def write_model(job: Job, model: nn.Module, split: Split, metrics: dict, parameters: dict, more: dict) -> None:
    """Writes the model version; metrics.json comes last and says that it is complete."""
    job.report(f"Writing {job.output}.", 1.0)
    scripted = script(model)
    requests = golden_rows(split)
    about = describe(job, split) | {"parameters": parameters, "example": requests[0][0]} | more
    documents = {
        "model.json": about,
        "golden.json": golden(scripted, split.features, split.target, requests),
        "metrics.json": metrics,
    }
    files = {"weights.pt": to_bytes(model.state_dict()), "model.ts.pt": script_bytes(scripted)}
    files["model.py"] = Path(inspect.getfile(type(model))).read_bytes()
    files |= {name: json.dumps(document, indent=2).encode() for name, document in documents.items()}
    for name, data in files.items():
        job.lake.write(f"{job.output}/{name}", data)


def describe(job: Job, split: Split) -> dict:
    """model.json: what a reader needs to call the model or to load its weights."""
    return {
        "pipeline": job.pipeline,
        "version": job.output.rpartition("/")[2],
        "features": [feature.name for feature in split.features],
        "columns": describe_features(split.features),
        **split.target.describe(),
        "initialWeights": job.initial_weights,
        "framework": f"torch {torch.__version__}",
    }


def golden_rows(split: Split) -> list[list[list]]:
    """Requests of one held-out row each, and one of all of these, as lists of values in the features' order.

    The rows are one of each class, or those whose target is lowest, in the middle and highest.
    """
    rows, targets = split.held_out.tensors
    usable = torch.nonzero(is_known(rows, split.features)).flatten()
    usable = usable if len(usable) else torch.arange(1)
    if isinstance(split.target, Classes):
        of_class = [usable[targets[usable] == index] for index in range(split.target.outputs)]
        chosen = [int(places[0]) for places in of_class if len(places)] or [int(usable[0])]
    else:
        ranked = usable[targets[usable].argsort()]
        chosen = [int(ranked[place]) for place in sorted({0, len(ranked) // 2, len(ranked) - 1})]
    instances = [
        [plain(row[feature.name]) for feature in split.features]
        for row in split.held_out_table.take(chosen).to_pylist()
    ]
    return [*[[instance] for instance in instances], instances]


def is_known(rows: Tensor, features: list[Feature]) -> Tensor:
    """Which encoded rows [rows, features] have only categories of the vocabulary: a predictor refuses others."""
    known = torch.ones(len(rows), dtype=torch.bool)
    for place, feature in enumerate(features):
        if feature.kind == "category":
            known &= rows[:, place] != UNKNOWN
    return known


@torch.no_grad()
def golden(
    scripted: torch.jit.ScriptModule, features: list[Feature], target: Target, requests: list[list[list]]
) -> dict:
    """golden.json: requests with the answers that they must get."""
    names = [feature.name for feature in features]
    answers = [scripted(encode(features, dict(zip(names, zip(*rows, strict=True), strict=True)))) for rows in requests]
    return {
        "requests": [{"instances": rows} for rows in requests],
        "responses": [{"predictions": target.tell(answer)} for answer in answers],
        "tolerance": GOLDEN_TOLERANCE * getattr(target, "spread", 1.0),
    }


def script(model: nn.Module) -> torch.jit.ScriptModule:
    """The model as TorchScript, which a predictor loads without its Python."""
    try:
        return torch.jit.script(model)
    except Exception as error:  # of several kinds, all of them about the model's code
        told = " ".join(str(error).split())[:600]
        hint = (
            "In model.py, forward may use tensors, numbers, lists and the module's own attributes, and no global names."
        )
        raise JobFailure("NotScriptable", f"model.py cannot become TorchScript: {told}", hint) from error


def script_bytes(scripted: torch.jit.ScriptModule) -> bytes:
    """The model as TorchScript."""
    buffer = io.BytesIO()
    torch.jit.save(scripted, buffer)
    return buffer.getvalue()
