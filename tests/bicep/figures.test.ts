import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { POLICIES } from './policies/all.ts';
import { at, ENVIRONMENTS, listAt, ofType, one, snapshot } from './snapshot.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'bicep/README.md'), 'utf8');
const rows = README.split('\n').map((line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('*', '').trim()),
);
const SCALE = 'properties.functionAppConfig.scaleAndConcurrency';
const HOURS = 730;
/** Dollars an hour, as in the table. */
const PRICES: Record<string, number> = { Standard_D4ds_v5: 0.226 };
const TIMER_SECONDS_A_MONTH = 60 * HOURS;

/** The row of a table that begins so, and the number at the end of its cell. */
function row(beginning: string, column: number): number {
  const found = rows.filter(([first]) => first?.startsWith(beginning));
  expect(found, beginning).toHaveLength(1);
  return number(found[0]?.at(column - ENVIRONMENTS.length));
}

function number(cell = ''): number {
  return Number(/[\d,.]+$/.exec(cell)?.[0].replaceAll(',', ''));
}

describe.each(ENVIRONMENTS.map((environment, column) => ({ environment, column })))(
  'the README says of $environment',
  ({ environment, column }) => {
    const made = snapshot(environment);
    const clusters = ofType(made, 'Microsoft.ContainerService/managedClusters');

    test('how many resources it has', () => {
      expect(row('resources, ', column)).toBe(made.predictedResources.length);
      expect(row('event subscriptions', column)).toBe(snapshot(`eventing-${environment}`).predictedResources.length);
    });

    test('how many policies hold', () => {
      const waived = POLICIES.filter((policy) => policy.waived?.[environment]);
      expect(row('policies that are waived', column)).toBe(waived.length);
      expect(row('policies of Checkov', column)).toBe(POLICIES.length - waived.length);
    });

    test('what its nodes cost that stay', () => {
      const stay = clusters
        .flatMap((cluster) => listAt(cluster, 'properties.agentPoolProfiles'))
        .map((pool) => ({ nodes: Number(at(pool, 'minCount')), price: PRICES[String(at(pool, 'vmSize'))] ?? NaN }))
        .filter(({ nodes }) => nodes > 0)
        .reduce((sum, { nodes, price }) => sum + nodes * price, 0);
      expect(row('[nodes]', column)).toBe(Math.round(stay * HOURS));
    });

    test('what its timers cost', () => {
      const timers = readFileSync(join(ROOT, 'functions/app.ts'), 'utf8').match(/schedule: '0 \* \* \* \* \*'/g) ?? [];
      const memory = Number(at(one(made, 'Microsoft.Web/sites'), `${SCALE}.instanceMemoryMB`)) / 1024;
      expect(row('timers', column)).toBe(Math.round(timers.length * TIMER_SECONDS_A_MONTH * memory * 0.000026));
    });

    test('what all costs together, within a budget that is higher', () => {
      const begin = rows.findIndex(([first]) => first?.startsWith('[nodes]'));
      const end = rows.findIndex(([first]) => first === 'together');
      const sum = rows.slice(begin, end).reduce((total, cells) => total + number(cells[column + 2]), 0);
      expect(Math.abs(row('together', column) - sum)).toBeLessThanOrEqual(2.5);
      const budget = at(one(made, 'Microsoft.Consumption/budgets'), 'properties.amount');
      expect(row('budget', column)).toBe(budget);
      expect(budget).toBeGreaterThan(sum);
    });
  },
);
