// Measures the drift of the first feature of each pair of profiles on stdin, for comparison with other programs.
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { align, pairFeatures } from '../../shared/drift/align.ts';
import { chiSquared } from '../../shared/drift/chi-squared.ts';
import { drift } from '../../shared/drift/drift.ts';
import { psi } from '../../shared/drift/psi.ts';
import { profileSchema } from '../../shared/profile.ts';
import { defaultLimits } from './simulate.ts';

const pairs = z.array(z.object({ baseline: profileSchema, batch: profileSchema })).parse(await json(process.stdin));
const measured = pairs.map(({ baseline, batch }) => {
  const [pair] = pairFeatures(baseline, batch);
  const aligned = pair && align(pair);
  const cells = aligned?.comparable ? aligned.cells : [];
  const plain = psi(cells, 0);
  const measures = drift(baseline, batch, defaultLimits).features[0]?.measures ?? {};
  return { plainPsi: Number.isFinite(plain) ? plain : null, chiSquared: chiSquared(cells), measures };
});
console.log(JSON.stringify(measured));
