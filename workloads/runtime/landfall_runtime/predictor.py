"""Serves a trained model with KServe's protocols V1 and V2 over HTTP.

The folder of a model version has model.ts.pt and model.json; its model.json says what the model reads and answers.
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
from torch import Tensor

from landfall_runtime.features import read_features
from landfall_runtime.instances import read_instances
from landfall_runtime.targets import Classes, read_target

V2_TYPES = ("FP32", "FP64")
# Kinds whose values are the same as JSON numbers and as tensors.
V2_KINDS = ("number", "integer")


class Predictor(kserve.Model):
    """The model of one folder; all of its input is checked here, since KServe answers 500 to any other error."""

    def __init__(self, folder: Path, name: str | None = None):
        self.about = json.loads((folder / "model.json").read_text())
        super().__init__(name or self.about["pipeline"])
        self.features = read_features(self.about)
        self.target = read_target(self.about)
        self.module = torch.jit.load(folder / "model.ts.pt", map_location="cpu").eval()
        self.ready = True

    def predict(self, payload: Any, headers: dict[str, str] | None = None) -> dict | InferResponse:
        """Answers a V1 request (a dict) or a V2 one."""
        if isinstance(payload, InferRequest):
            return self.answer_v2(payload)
        example = json.dumps(self.about.get("example", [0.0] * len(self.features)))
        try:
            rows = read_instances(payload, self.features, example)
        except ValueError as error:
            raise InvalidInput(str(error)) from None
        return {"predictions": self.target.tell(self.answer(rows))}

    @torch.no_grad()
    def answer(self, rows: Tensor) -> Tensor:
        """The model's answers [rows, outputs] to encoded rows [rows, features]."""
        return self.module(rows)

    def answer_v2(self, request: InferRequest) -> InferResponse:
        """Labels as BYTES [n] and probabilities as FP32 [n, classes], or the numbers of a regression as FP32 [n]."""
        other = [feature.name for feature in self.features if feature.kind not in V2_KINDS]
        if other:
            raise InvalidInput(f"Protocol V2 takes numbers alone, and {', '.join(other)} are none: use V1.")
        told = self.target.tell(self.answer(read_tensor(request, len(self.features))))
        if not isinstance(self.target, Classes):
            return InferResponse(request.id or "", self.name, [output("value", "FP32", np.array(told, np.float32))])
        labels = np.array([one["label"] for one in told], dtype=object)
        probabilities = np.array([list(one["probabilities"].values()) for one in told], dtype=np.float32)
        outputs = [output("label", "BYTES", labels), output("probabilities", "FP32", probabilities)]
        return InferResponse(request.id or "", self.name, outputs)


def output(name: str, datatype: str, values: np.ndarray) -> InferOutput:
    """One output of a V2 answer, as JSON."""
    made = InferOutput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=False)
    return made


def read_tensor(request: InferRequest, width: int) -> Tensor:
    """The rows [n, width] of a V2 request, which has one input."""
    if len(request.inputs) != 1:
        raise InvalidInput(f"There must be one input, not {len(request.inputs)}.")
    tensor = request.inputs[0]
    if tensor.datatype not in V2_TYPES:
        raise InvalidInput(f"Input {tensor.name} must be of type {' or '.join(V2_TYPES)}, not {tensor.datatype}.")
    if len(tensor.shape) != 2 or tensor.shape[0] < 1 or tensor.shape[1] != width:
        raise InvalidInput(f"Input {tensor.name} must have shape [n, {width}], not {list(tensor.shape)}.")
    try:
        rows = torch.tensor(tensor.as_numpy().tolist(), dtype=torch.float32)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"The data of input {tensor.name} does not fit {list(tensor.shape)}: {error}.") from None
    if not torch.isfinite(rows).all():
        raise InvalidInput("The values must be finite 32-bit numbers.")
    return rows


def listen_on(address: str) -> None:
    """Makes KServe's server listen on one address; it has no option for that and takes all of them."""

    class Server(RESTServer):
        def __init__(self, *args: Any, **kwargs: Any):
            super().__init__(*args, **kwargs)
            self.config.host = address

    model_server.RESTServer = Server


def serve(env: Mapping[str, str] = os.environ) -> None:
    """Serves the model in MODEL_DIR under the name LANDFALL_PIPELINE until SIGTERM."""
    # One request is far too small to be worth a second thread, and a pod may have half a core.
    torch.set_num_threads(1)
    model = Predictor(Path(env.get("MODEL_DIR", "/mnt/models")), env.get("LANDFALL_PIPELINE"))
    listen_on(env.get("LANDFALL_LISTEN", "0.0.0.0"))
    kserve.ModelServer(http_port=int(env.get("PORT", "8080")), workers=1, enable_grpc=False).start([model])
