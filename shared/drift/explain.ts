import type { MeasureName } from './measures.ts';
import type { Measure } from './report.ts';

/** What is said of a measure, and whether it is a share. */
const WORDS: Record<MeasureName, { words: string; share: boolean }> = {
  psi: { words: 'PSI', share: false },
  ks: { words: 'Kolmogorov-Smirnov distance', share: false },
  newCategories: { words: 'share of rows with a category that the baseline never saw', share: true },
  missing: { words: 'change of the share of missing values', share: true },
};

/** A measure that is beyond its limit, in words and numbers. */
export function explain(name: MeasureName, { value, limit, pValue, exceeded }: Measure): string {
  const { words, share } = WORDS[name];
  const show = share ? percent : (number: number) => String(Number(number.toPrecision(3)));
  const said = `${words} ${show(value)} is above ${show(limit)}`;
  if (pValue === undefined) return `${said}, but too few rows came to tell it from chance`;
  const chance = pValue < 0.0001 ? 'p < 0.0001' : `p = ${Number(pValue.toPrecision(2))}`;
  return exceeded ? `${said} (${chance})` : `${said}, but chance may explain it (${chance})`;
}

/** A share in percent, to three digits. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
