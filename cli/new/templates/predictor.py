"""Serves a trained model with KServe's protocol V1: instances are lists in the schema's order, or objects by name.

By hand, with the files of a model version (model.ts.pt, model.json) in a folder:

    PYTHONPATH=workloads/runtime MODEL_DIR=FOLDER PORT=8080 LANDFALL_LISTEN=127.0.0.1 \
        python workloads/pipelines/__NAME__/predictor.py
"""

from landfall_runtime.predictor import serve

if __name__ == "__main__":
    serve()
