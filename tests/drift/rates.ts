// Prints how often batches raise an alarm, without drift and with it: node tests/drift/rates.ts [repetitions]
import type { DriftLimits } from '../../shared/pipeline.ts';
import { alarmRates, defaultLimits, iris, noLimits, shop } from './simulate.ts';
import type { World } from './simulate.ts';

const repetitions = Number(process.argv[2] ?? 2000);
const sizes = [30, 100, 300, 1000, 10_000];

/** Rates by limits, then by size of the batch; large tables are drawn less often. */
function measure(world: World, baselineRows: number, shift: number, limits: DriftLimits[]): string[][] {
  const columns = sizes.map((batchRows) => {
    const often = Math.min(repetitions, Math.ceil((3000 * repetitions) / batchRows));
    const rates = alarmRates({ world, baselineRows, batchRows, shift, repetitions: often }, limits);
    return rates.map((rate) => `${(100 * rate).toFixed(2)} % of ${often}`.padStart(16));
  });
  return limits.map((_, at) => columns.map((column) => column[at] ?? ''));
}

console.log(
  `Batches of ${sizes.join(', ')} rows. False alarms, where ${100 * defaultLimits.falseAlarms} % are allowed:`,
);
for (const world of [iris, shop])
  for (const baselineRows of [150, 10_000]) {
    const [by, without] = measure(world, baselineRows, 0, [defaultLimits, noLimits]);
    console.log(`${world.name}, ${baselineRows} rows before, default limits`.padEnd(42), ...(by ?? []));
    console.log(`${world.name}, ${baselineRows} rows before, no limits`.padEnd(42), ...(without ?? []));
  }

console.log('\nDetected, where one feature of four shifts:');
for (const shift of [0.5, 1, 2])
  for (const baselineRows of [150, 10_000]) {
    const [by] = measure(iris, baselineRows, shift, [defaultLimits]);
    console.log(`${shift} standard deviations, ${baselineRows} rows before`.padEnd(42), ...(by ?? []));
  }
