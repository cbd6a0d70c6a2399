import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import type { Api, RunView } from './api.ts';
import type { Endpoints } from './endpoints.ts';
import { elapsed, type Screen } from './follow.ts';

/** Prints where everything answers. */
export function printAddresses({ functions, lake, registry, clusters, kubeconfig }: Endpoints, show: Screen): void {
  show.line(`
  functions        ${functions.url}/api/health   (header x-functions-key: ${functions.key})
  lake             ${lake.dfs}
  registry         ${registry.url}
  data-processing  ${clusters.dataProcessing.server}
  training         ${clusters.training.server}
  serving          ${clusters.serving.server}
  kubeconfig       ${kubeconfig}   (contexts data-processing, training, serving)
`);
}

/** Prints how a run ended, and for one that succeeded a real prediction; answers whether all is well. */
export async function reportRun(api: Api, endpoints: Endpoints, run: RunView, show: Screen): Promise<boolean> {
  if (run.status !== 'Succeeded') {
    show.line(
      `\n✖ ${run.runId} ${run.status.toLowerCase()}${run.error ? ` in ${run.error.stage}: ${run.error.reason}` : ''}`,
    );
    if (run.error) show.line(indent(run.error.message));
    if (run.error?.hint) show.line(`  → ${run.error.hint}`);
    return false;
  }
  const metrics = Object.entries(run.metrics ?? {}).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  const took = elapsed(Date.parse(run.finishedAt ?? run.startedAt) - Date.parse(run.startedAt));
  show.line(`\n✔ ${run.pipeline} ${run.modelVersion} serves after ${took}: ${metrics.join(', ')}`);

  const request = await firstGoldenRequest(endpoints, `${run.pipeline}/${run.modelVersion}/golden.json`);
  const { version, answer } = await api.predict(run.pipeline, request);
  show.line(`\nA prediction, made over HTTP by version ${version}:`);
  show.line(`  ${JSON.stringify(request)}\n  ${JSON.stringify(answer)}`);
  const { functions, kubeconfig } = endpoints;
  show.line(`\nAsk it yourself:`);
  show.line(
    `  curl -s ${functions.url}/api/pipelines/${run.pipeline}/predict -H 'x-functions-key: ${functions.key}' -d '${JSON.stringify(request)}'`,
  );
  show.line(`  kubectl --kubeconfig ${kubeconfig} --context training get pytorchjobs`);
  return run.modelVersion === version;
}

/** What to try once the first prediction is there. */
export function printNext(show: Screen): void {
  show.line(`
What to try next:
  npm run drop -- my.csv                           drop a file of your own (columns as in workloads/pipelines/iris/sample/iris.csv)
  npm run drop -- workloads/pipelines/iris/sample/iris-drifted.csv     drifted data: the run asks for a review
  edit workloads/pipelines/iris/train.py           and drop again: the next run uses the new code

It stays up until Ctrl-C and follows every further file.`);
}

async function firstGoldenRequest({ lake }: Endpoints, path: string): Promise<unknown> {
  const service = new DataLakeServiceClient(lake.dfs, new StorageSharedKeyCredential(lake.account, lake.key));
  const golden = await service.getFileSystemClient('models').getFileClient(path).readToBuffer();
  return (JSON.parse(golden.toString('utf8')) as { requests: unknown[] }).requests[0];
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
