"""Answers rows from the saved weights of a generated pipeline, with nothing of ours but the files of the model.

`answer_table_from_weights.py FOLDER < REQUEST`, where FOLDER holds model.json and weights.pt, and the request is of
protocol V1. What the model does to a row is written out here once more, by the book: fill, scale, one-hot, two layers.
"""

import json
import sys
from pathlib import Path

import torch

folder = Path(sys.argv[1])
about = json.loads((folder / "model.json").read_text())
weights = torch.load(folder / "weights.pt", weights_only=True)


def encode(row):
    """One row [width]: scaled numbers first, then each category's values one by one."""
    numbers, categories = [], []
    for place, column in enumerate(about["columns"]):
        value, usual = row[place], weights["table.usual"][place].item()
        if column["kind"] == "category":
            chosen = usual if value is None else column["vocabulary"].index(value)
            categories += [float(index == chosen) for index in range(len(column["vocabulary"]))]
        else:
            numbers.append(usual if value is None else float(value))
    scaled = (torch.tensor(numbers) - weights["table.mean"]) / weights["table.spread"]
    return torch.cat([scaled, torch.tensor(categories)])


names = [column["name"] for column in about["columns"]]
instances = json.load(sys.stdin)["instances"]
rows = torch.stack([encode([row.get(name) for name in names] if isinstance(row, dict) else row) for row in instances])
hidden = torch.relu(rows @ weights["layers.0.weight"].T + weights["layers.0.bias"])
answers = hidden @ weights["layers.3.weight"].T + weights["layers.3.bias"]
if about["task"] == "regression":
    print(json.dumps((answers[:, 0] * weights["spread"] + weights["mean"]).tolist()))
else:
    probabilities = torch.softmax(answers, dim=1).tolist()
    told = [dict(zip(about["classes"], row, strict=True)) for row in probabilities]
    print(json.dumps([{"label": max(row, key=row.get), "probabilities": row} for row in told]))
