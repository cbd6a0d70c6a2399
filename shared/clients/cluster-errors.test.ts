import { ApiException } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { asking, PATIENCE } from './cluster-errors.ts';

/** Asks a cluster that answers with these one after another; answers what came of it and how long it paused. */
async function ask(...answers: unknown[]) {
  const pauses: number[] = [];
  let forgotten = 0;
  const patience = { ...PATIENCE, random: () => 0.5, pause: async (ms: number) => void pauses.push(ms) };
  const send = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const asked = { cluster: 'training', what: 'create PyTorchJob x' };
  const outcome = await asking(asked, send, () => forgotten++, patience).catch((error: unknown) => error);
  return { outcome: outcome as Error & { code?: number }, pauses, forgotten };
}

const status = (code: number, message?: string, headers = {}) =>
  new ApiException(
    code,
    'm',
    message === undefined ? '404 page not found' : JSON.stringify({ kind: 'Status', message }),
    headers,
  );
const network = (code: string, message: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });

test('what time may cure is tried again, with growing pauses, and Retry-After is kept to', async () => {
  const { outcome, pauses } = await ask(status(503, 'starting'), status(429, 'busy', { 'retry-after': '7' }), 'done');
  expect(outcome).toBe('done');
  expect(pauses).toEqual([500, 7_000]);
});

test('an admission webhook that does not answer in time is asked again, then told', async () => {
  const said = 'Internal error occurred: failed calling webhook "v.example": context deadline exceeded';
  expect((await ask(status(500, said), 'done')).outcome).toBe('done');
  const { outcome, pauses } = await ask(...Array.from({ length: 4 }, () => status(500, said)));
  expect(outcome).toMatchObject({ code: 500, message: expect.stringContaining(said) as string });
  expect(pauses).toHaveLength(3);
});

test('it is not tried for ever', async () => {
  const { outcome, pauses } = await ask(...Array.from({ length: 9 }, () => status(500, 'etcd is away')));
  expect(outcome.message).toBe('Cluster training refused to create PyTorchJob x: etcd is away');
  expect(pauses).toEqual([500, 1_000, 2_000]);
});

test.each([
  ['a conflict', status(409, 'exists'), 409, /exists/],
  ['a refusal by RBAC', status(403, 'forbidden'), 403, /forbidden\. Apply workloads\/clusters/],
  ['a token that is not accepted', status(401, 'Unauthorized'), 401, /does not accept our token/],
  ['an object that is not there', status(404, 'not found'), 404, /not found$/],
  ['a kind that is not served', status(404), 501, /does not serve this kind: install its operator/],
  [
    'an admission webhook that refuses',
    status(400, 'admission webhook "v.example" denied the request: no \\"image\\"'),
    400,
    /admission webhook "v\.example" denied/,
  ],
])('%s is told at once, with its cure where there is one', async (_, error, code, text) => {
  const { outcome, pauses } = await ask(error);
  expect(outcome).toMatchObject({ code, message: expect.stringMatching(text) as string });
  expect(pauses).toEqual([]);
});

test.each([
  [
    'an address that does not answer',
    network('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.4:443'),
    /ECONNREFUSED.*Check its address/,
  ],
  [
    'a certificate of somebody else',
    network('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'),
    /not of the configured authority/,
  ],
  [
    'no token',
    Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' }),
    /check the identity of the app/,
  ],
])('%s is told with its cause, and the connection is made anew', async (_, error, text) => {
  const { outcome, forgotten } = await ask(error, error, error, error);
  expect(outcome.message).toMatch(text);
  expect(outcome.code).toBeUndefined();
  expect(forgotten).toBe(4);
});
