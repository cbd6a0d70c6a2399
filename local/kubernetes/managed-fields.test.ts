import { describe, expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { applyConfiguration } from './managed-fields.ts';
import type { Schema } from './schema.ts';

const text = { type: 'string' };
const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        image: text,
        args: { type: 'array', items: text },
        env: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: text, value: text } },
        },
      },
    },
  },
};

const object = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' }, spec });
const apply = (live: KubeObject, spec: object, manager: string, force = false) =>
  applyConfiguration(schema, live, object(spec), { manager, operation: 'Apply', apiVersion: 'v1' }, force, 'now');
const empty = object({});

describe('server-side apply', () => {
  test('removes what its manager no longer applies, and nobody else does', () => {
    const first = apply(empty, { image: 'a', args: ['x'], env: [{ name: 'A', value: '1' }] }, 'one');
    const shared = apply(first, { image: 'a' }, 'two');
    expect(apply(shared, {}, 'one')['spec']).toEqual({ image: 'a' });
  });

  test('merges keyed lists item by item, and takes other lists whole', () => {
    const first = apply(empty, { args: ['x', 'y'], env: [{ name: 'A', value: '1' }] }, 'one');
    const second = apply(first, { env: [{ name: 'B', value: '2' }] }, 'two');
    expect(second['spec']).toMatchObject({ args: ['x', 'y'], env: [{ name: 'A' }, { name: 'B' }] });
    expect(apply(second, { args: ['z'], env: [] }, 'one')['spec']).toEqual({
      args: ['z'],
      env: [{ name: 'B', value: '2' }],
    });
  });

  test('names the owner and the field of a conflict, and takes it over by force', () => {
    const first = apply(empty, { image: 'a', env: [{ name: 'A', value: '1' }] }, 'one');
    const change = { image: 'b', env: [{ name: 'A', value: '2' }] };
    expect(() => apply(first, change, 'two')).toThrow(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.env[name="A"].value\n- .spec.image',
    );
    const taken = apply(first, change, 'two', true);
    expect(taken['spec']).toEqual(change);
    expect(taken.metadata.managedFields?.find(({ manager }) => manager === 'one')?.fieldsV1).toEqual({
      'f:spec': { 'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {} } } },
    });
  });
});
