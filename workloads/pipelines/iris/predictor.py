"""Serves a trained model with KServe's protocols V1 and V2 over HTTP.

By hand, with the files of a model version (model.ts.pt, model.json) in a folder:

    MODEL_DIR=FOLDER PORT=8080 LANDFALL_LISTEN=127.0.0.1 python workloads/pipelines/iris/predictor.py
    curl -d '{"instances": [[5.1, 3.5, 1.4, 0.2]]}' -H 'Content-Type: application/json' \
        http://127.0.0.1:8080/v1/models/iris:predict
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kserve
import numpy as np
import torch
from kserve import InferOutput, InferRequest, InferResponse, model_server
from kserve.errors import InvalidInput
from kserve.protocol.rest.server import RESTServer
from model import predictions

V2_TYPES = ("FP32", "FP64")


class IrisPredictor(kserve.Model):
    """The model of one folder; all of its input is checked here, since KServe answers 500 to any other error."""

    def __init__(self, folder: Path, name: str | None = None):
        self.about = json.loads((folder / "model.json").read_text())
        super().__init__(name or self.about["pipeline"])
        self.features: list[str] = self.about["features"]
        self.module = torch.jit.load(folder / "model.ts.pt", map_location="cpu").eval()
        self.ready = True

    def predict(self, payload: Any, headers: dict[str, str] | None = None) -> dict | InferResponse:
        """Answers a V1 request (a dict) or a V2 one."""
        if isinstance(payload, InferRequest):
            return self.answer_v2(payload)
        measurements = read_instances(payload, self.features)
        return {"predictions": self.classify(measurements)}

    def answer_v2(self, request: InferRequest) -> InferResponse:
        """Labels as BYTES [n] and probabilities as FP32 [n, classes]."""
        found = self.classify(read_tensor(request, len(self.features)))
        labels = InferOutput("label", [len(found)], "BYTES")
        labels.set_data_from_numpy(np.array([one["label"] for one in found], dtype=object), binary_data=False)
        probabilities = InferOutput("probabilities", [len(found), len(self.about["classes"])], "FP32")
        rows = np.array([list(one["probabilities"].values()) for one in found], dtype=np.float32)
        probabilities.set_data_from_numpy(rows, binary_data=False)
        return InferResponse(request.id or "", self.name, [labels, probabilities])

    @torch.no_grad()
    def classify(self, measurements: list[list[float]]) -> list[dict]:
        """The predictions of rows of measurements."""
        rows = torch.tensor(measurements, dtype=torch.float32)
        if not torch.isfinite(rows).all():
            raise InvalidInput("The measurements must be finite 32-bit numbers.")
        return predictions(self.module(rows), self.about["classes"])


def read_instances(payload: Any, features: list[str]) -> list[list[float]]:
    """The rows of a V1 request: each a list in the features' order, or an object by their names."""
    instances = payload.get("instances") if isinstance(payload, Mapping) else None
    if not isinstance(instances, list) or not instances:
        raise InvalidInput(
            'The body must be JSON like {"instances": [[5.1, 3.5, 1.4, 0.2]]}, with one instance or more.'
        )
    return [read_instance(instance, features, f"instances[{index}]") for index, instance in enumerate(instances)]


def read_instance(instance: Any, features: list[str], place: str) -> list[float]:
    """One row, checked."""
    if isinstance(instance, Mapping):
        if set(instance) != set(features):
            raise InvalidInput(
                f"{place} must have exactly {', '.join(features)}; it has {', '.join(instance) or 'nothing'}."
            )
        instance = [instance[name] for name in features]
    if not isinstance(instance, list):
        raise InvalidInput(f"{place} must be a list of {len(features)} numbers or an object, not {instance!r:.50}.")
    if len(instance) != len(features):
        raise InvalidInput(
            f"{place} must have {len(features)} numbers ({', '.join(features)}); it has {len(instance)}."
        )
    for name, value in zip(features, instance, strict=True):
        # In Python True is a number too.
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidInput(f"{place}: {name} must be a number, not {value!r:.50}.")
    return instance


def read_tensor(request: InferRequest, width: int) -> list[list[float]]:
    """The rows of a V2 request: one input of shape [n, width]."""
    if len(request.inputs) != 1:
        raise InvalidInput(f"There must be one input, not {len(request.inputs)}.")
    tensor = request.inputs[0]
    if tensor.datatype not in V2_TYPES:
        raise InvalidInput(f"Input {tensor.name} must be of type {' or '.join(V2_TYPES)}, not {tensor.datatype}.")
    if len(tensor.shape) != 2 or tensor.shape[0] < 1 or tensor.shape[1] != width:
        raise InvalidInput(f"Input {tensor.name} must have shape [n, {width}], not {list(tensor.shape)}.")
    try:
        return tensor.as_numpy().tolist()
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"The data of input {tensor.name} does not fit {list(tensor.shape)}: {error}.") from None


def listen_on(address: str) -> None:
    """Makes KServe's server listen on one address; it has no option for that and takes all of them."""

    class Server(RESTServer):
        def __init__(self, *args: Any, **kwargs: Any):
            super().__init__(*args, **kwargs)
            self.config.host = address

    model_server.RESTServer = Server


def serve(env: Mapping[str, str]) -> None:
    """Serves until SIGTERM."""
    # One request is far too small to be worth a second thread, and a pod may have half a core.
    torch.set_num_threads(1)
    model = IrisPredictor(Path(env.get("MODEL_DIR", "/mnt/models")), env.get("LANDFALL_PIPELINE"))
    listen_on(env.get("LANDFALL_LISTEN", "0.0.0.0"))
    kserve.ModelServer(http_port=int(env.get("PORT", "8080")), workers=1, enable_grpc=False).start([model])


if __name__ == "__main__":
    serve(os.environ)
