"""Answers a request from a model's saved weights, with nothing of the predictor: `answer_from_weights.py FOLDER < request`.

FOLDER holds model.py, model.json and weights.pt as the training job wrote them. Prints the label and the probabilities
of each instance as JSON.
"""

import importlib.util
import json
import sys
from pathlib import Path

import torch

folder = Path(sys.argv[1])
spec = importlib.util.spec_from_file_location("model", folder / "model.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

about = json.loads((folder / "model.json").read_text())
weights = torch.load(folder / "weights.pt", weights_only=True)
network = module.IrisClassifier(len(about["features"]), len(weights["layers.0.bias"]), len(about["classes"]))
network.load_state_dict(weights)
network.eval()
instances = torch.tensor(json.load(sys.stdin)["instances"], dtype=torch.float32)
with torch.no_grad():
    probabilities = torch.softmax(network(instances), dim=1)
labels = [about["classes"][index] for index in probabilities.argmax(dim=1).tolist()]
print(json.dumps([{"label": label, "probabilities": row} for label, row in zip(labels, probabilities.tolist())]))
