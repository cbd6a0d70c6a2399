import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comparable, readExchanges, recordedExchanges } from './kubernetes-exchange.ts';
import { startCluster, type Cluster } from './kubernetes-server.ts';

const DRIVER = join(import.meta.dirname, '../fixtures/kubernetes/drive.mjs');
/** Raise it when the server learns more. */
const FLOOR = 345;

/** Where this server differs from the real one on purpose, and why. */
const DIFFERENT: Record<string, string[]> = {
  'it serves fewer groups and kinds': [
    'root-paths',
    'apis-legacy',
    'api-v1-resources',
    'api-aggregated',
    'apis-aggregated',
    'api-aggregated-if-none-match-304',
    'gzip-large-list',
    'event-list-eventsv1',
  ],
  'it is another build, on another port': ['version', 'auth-none-version', 'api-legacy', 'readyz-verbose'],
  'OpenAPI says only what kubectl reads': [
    'openapi-v3-index',
    'openapi-v3-group-hashed',
    'openapi-v3-group-wrong-hash',
    'openapi-v3-group-unhashed',
    'openapi-v2',
  ],
  'the scale subresource is not served': [
    'apis-groupversion-kubeflow.org',
    'pt-scale-get',
    'pt-scale-put',
    'pt-scale-put-stale-409',
    'pt-scale-put-negative-422',
    'pt-scale-patch',
    'pt-scale-get-after-status',
    'pt-status-patch',
    'pt-table-after-status',
    'rbac-resourcename-200',
  ],
  'pods get no token volume and no tolerations: nothing mounts or evicts here': [
    'pod-create-201',
    'pod-get',
    'pod-status-patch',
    'pod-list-field-phase',
    'pod-list-field-node',
    'pod-list-table',
    'pod-delete-scheduled-graceful',
    'pod-get-terminating',
    'pod-delete-force',
  ],
  'history is not compacted by time': [
    'list-continue-expired-410',
    'list-continue-inconsistent-after',
    'list-exact-compacted-410',
  ],
  'definitions are there from the start': ['crd-list-metadata-only'],
  'no protobuf goes out': ['accept-protobuf-only-cr-406', 'accept-protobuf-cm', 'content-type-protobuf-cr'],
  'service account tokens are not issued': ['sa-token-request'],
  'reviews have no managed fields': [
    'ssar-admin-allowed',
    'ssar-limited-allowed',
    'ssar-limited-denied',
    'ssar-limited-nonresource',
  ],
  'the CA and its description are those of another cluster': ['watch-legacy-prefix', 'table-cm'],
  'the time of bookmarks is not promised': ['watch-bookmarks', 'watch-initial-events'],
  'the order of equal grants is not promised': ['ssrr-limited', 'ssar-limited-nonresource'],
  'a namespace tells two of five conditions': ['nsdel-get-terminating'],
  'Go knows the type of every field of an event': ['event-create-201', 'event-list-field', 'event-table'],
  'wording: paths and dumps of Go': [
    'spark-create-dupkey-strict-400',
    'spark-create-version-mismatch-400',
    'spark-patch-merge-unknown-strict',
  ],
  'YAML is written by another library': ['accept-yaml'],
  'the timeout parameter is ignored': ['query-bad-timeout'],
};

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

test('answers as the recorded kube-apiserver 1.35.4 does', async () => {
  const out = join(cluster.dir, 'exchanges');
  const env = { ...process.env, BASE: cluster.url, TOKEN: 'admin', TOKEN2: 'limited', CA: cluster.caFile, OUT: out };
  await promisify(execFile)(process.execPath, [DRIVER], { env });
  const answered = readExchanges(out);
  const recorded = recordedExchanges();
  const differing = recorded.filter((exchange) => {
    const own = answered.get(exchange.id);
    return !own || !isDeepStrictEqual(comparable(own), comparable(exchange));
  });
  const agreed = recorded.length - differing.length;
  console.log(`${agreed} of ${recorded.length} agree`);
  const known = new Set(Object.values(DIFFERENT).flat());
  expect(differing.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
  expect(agreed).toBeGreaterThanOrEqual(FLOOR);
});
