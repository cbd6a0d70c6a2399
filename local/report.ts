import type { Endpoints } from './endpoints.ts';
import type { Screen } from './screen.ts';

/** Prints where everything answers. */
export function printAddresses({ functions, lake, registry, clusters, kubeconfig }: Endpoints, show: Screen): void {
  show.line(`
  page             ${functions.url}/api/dashboard#key=${encodeURIComponent(functions.key)}
  functions        ${functions.url}/api/health   (header x-functions-key: ${functions.key})
  lake             ${lake.dfs}
  registry         ${registry.url}
  data-processing  ${clusters.dataProcessing.server}
  training         ${clusters.training.server}
  serving          ${clusters.serving.server}
  kubeconfig       ${kubeconfig}   (contexts data-processing, training, serving)
`);
}

/** What to try once the first prediction is there. */
export function printNext(show: Screen): void {
  show.line(`
What to try next:
  npx landfall drop my.csv                         drop a file of your own (columns as in workloads/pipelines/iris/sample/iris.csv)
  npx landfall drop workloads/pipelines/iris/sample/iris-drifted.csv     drifted data: the run asks for a review
  edit workloads/pipelines/iris/train.py           and drop again: the next run uses the new code
  npx landfall --help                              all that can be done from another terminal

Everything stays up until Ctrl-C.`);
}
