import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeObject } from './kubernetes/kube-object.ts';
import { resourcesOf } from './kubernetes/resources.ts';

/** Applies the documents of a kustomization folder to a cluster, server side, in the order in which it lists them. */
export async function applyClusterDocuments(kubeconfig: string, context: string, folder: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  for (const document of documentsOf(folder)) await apply(config, document);
}

/** What kustomize would build of the folder: the values that it would fill in are those that stand there already. */
function documentsOf(folder: string): KubeObject[] {
  const { resources, components = [] } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
    resources: string[];
    components?: string[];
  };
  const own = resources
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as KubeObject)
    .filter(({ metadata }) => metadata.annotations?.['config.kubernetes.io/local-config'] !== 'true');
  return [...own, ...components.flatMap((component) => documentsOf(join(folder, component)))];
}

const RESOURCES = resourcesOf([]);

/** As it is: the client's own classes drop fields named like words of JavaScript, such as a network policy's `from`. */
async function apply(config: KubeConfig, document: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata } = document;
  const resource = RESOURCES.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  if (!resource) throw new Error(`${kind} ${metadata.name}: ${apiVersion} ${kind} is not served here`);
  const root = resource.group ? 'apis' : 'api';
  const scope = resource.namespaced ? `namespaces/${metadata.namespace}/` : '';
  const path = `${root}/${apiVersion}/${scope}${resource.plural}/${metadata.name}?fieldManager=landfall-setup&force=true`;
  const options = { method: 'PATCH', headers: { 'content-type': 'application/apply-patch+yaml' } };
  await config.applyToHTTPSOptions(options);
  const request = https.request(`${config.getCurrentCluster()?.server}/${path}`, options).end(JSON.stringify(document));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const answer = await text(response);
  if ((response.statusCode ?? 0) >= 300) throw new Error(`${kind} ${metadata.name}: ${answer}`);
}
