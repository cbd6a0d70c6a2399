import type { JsonObject, KubeObject } from './kube-object.ts';

/** A message's fields by number: a name, and the shape of its value (`*` repeats it, `map` is string to string). */
type Shape = Record<number, [name: string, shape?: Shape | 'map' | 'text', repeated?: '*']>;

const meta: Shape = {
  1: ['name'],
  2: ['generateName'],
  3: ['namespace'],
  11: ['labels', 'map'],
  12: ['annotations', 'map'],
};
const rules: Shape = {
  1: ['verbs', 'text', '*'],
  2: ['apiGroups', 'text', '*'],
  3: ['resources', 'text', '*'],
  4: ['resourceNames', 'text', '*'],
  5: ['nonResourceURLs', 'text', '*'],
};
const subjects: Shape = { 1: ['kind'], 2: ['apiGroup'], 3: ['name'], 4: ['namespace'] };
const role: Shape = { 1: ['metadata', meta], 2: ['rules', rules, '*'] };
const binding: Shape = {
  1: ['metadata', meta],
  2: ['subjects', subjects, '*'],
  3: ['roleRef', { 1: ['apiGroup'], 2: ['kind'], 3: ['name'] }],
};
const attributes: Shape = {
  1: ['namespace'],
  2: ['verb'],
  3: ['group'],
  4: ['version'],
  5: ['resource'],
  6: ['subresource'],
  7: ['name'],
};

/** What kubectl sends as protobuf whatever the server says: its own create commands, and `auth can-i`. */
const KINDS: Record<string, Shape> = {
  Namespace: { 1: ['metadata', meta] },
  ConfigMap: { 1: ['metadata', meta], 2: ['data', 'map'] },
  ServiceAccount: { 1: ['metadata', meta] },
  Secret: { 1: ['metadata', meta], 3: ['type'], 4: ['stringData', 'map'] },
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  SelfSubjectReview: { 1: ['metadata', meta] },
  SelfSubjectRulesReview: { 2: ['spec', { 1: ['namespace'] }] },
  SelfSubjectAccessReview: {
    2: ['spec', { 1: ['resourceAttributes', attributes], 2: ['nonResourceAttributes', { 1: ['path'], 2: ['verb'] }] }],
  },
};

const ENVELOPE: Shape = { 1: ['typeMeta', { 1: ['apiVersion'], 2: ['kind'] }], 2: ['raw', {}] };

/** Reads an object in Kubernetes' protobuf encoding; undefined for kinds it has no shape of. */
export function decodeProtobuf(body: Buffer): KubeObject | undefined {
  if (body.subarray(0, 4).toString() !== 'k8s\0') return undefined;
  const fields = [...fieldsOf(body.subarray(4))];
  const raw = fields.find(([number]) => number === 2)?.[1] ?? Buffer.alloc(0);
  const { typeMeta } = decode(body.subarray(4), ENVELOPE) as { typeMeta?: { apiVersion: string; kind: string } };
  const shape = KINDS[typeMeta?.kind ?? ''];
  return shape && ({ metadata: {}, ...typeMeta, ...decode(raw, shape) } as KubeObject);
}

function decode(message: Buffer, shape: Shape): JsonObject {
  const object: JsonObject = {};
  for (const [number, bytes] of fieldsOf(message)) {
    const [name, inner, repeated] = shape[number] ?? [];
    if (name === undefined) continue;
    if (inner === 'map') {
      const { key, value } = decode(bytes, { 1: ['key'], 2: ['value'] });
      object[name] = { ...(object[name] as JsonObject | undefined), [String(key)]: value ?? '' };
      continue;
    }
    const value = inner && inner !== 'text' ? decode(bytes, inner) : bytes.toString('utf8');
    if (repeated) object[name] = [...((object[name] ?? []) as unknown[]), value];
    // Go writes empty strings too, where JSON leaves them out.
    else if (value !== '') object[name] = value;
  }
  return object;
}

/** The length-delimited fields of a message; numbers are passed over, for none of these kinds needs one. */
function* fieldsOf(message: Buffer): Generator<[number: number, bytes: Buffer]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if (tag % 8 !== 2) varint();
    else {
      const length = varint();
      yield [Math.floor(tag / 8), message.subarray(at, at + length)];
      at += length;
    }
  }
}
