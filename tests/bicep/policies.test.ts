import { afterAll, describe, expect, test } from 'vitest';
import { POLICIES } from './policies/all.ts';
import { ENVIRONMENTS, ofType, snapshot } from './snapshot.ts';

test('each rule has one name', () => {
  expect(new Set(POLICIES.map(({ name }) => name)).size).toBe(POLICIES.length);
});

describe.each(ENVIRONMENTS)('policies of %s', (environment) => {
  const made = snapshot(environment);
  const waived = POLICIES.filter((policy) => policy.waived?.[environment]);
  const counted = `${environment}: ${POLICIES.length - waived.length} policies hold, ${waived.length} are waived`;
  afterAll(() => console.log(counted));

  test.each(POLICIES)('$name: $what', ({ on, holds, waived: reasons }) => {
    const resources = ofType(made, on);
    expect(resources).not.toEqual([]);
    const against = resources.filter((resource) => !holds(resource, made)).map(({ name }) => name);
    if (reasons?.[environment]) expect(against, 'a waiver that nothing needs').not.toEqual([]);
    else expect(against).toEqual([]);
  });
});
