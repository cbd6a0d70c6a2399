"""Serves a trained model with KServe's protocols V1 and V2 over HTTP.

By hand, with the files of a model version (model.ts.pt, model.json) in a folder:

    PYTHONPATH=workloads/runtime MODEL_DIR=FOLDER PORT=8080 LANDFALL_LISTEN=127.0.0.1 \
        python workloads/pipelines/iris/predictor.py
    curl -d '{"instances": [[5.1, 3.5, 1.4, 0.2]]}' -H 'Content-Type: application/json' \
        http://127.0.0.1:8080/v1/models/iris:predict
"""

from landfall_runtime.predictor import serve

if __name__ == "__main__":
    serve()
