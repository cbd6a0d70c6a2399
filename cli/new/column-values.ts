/** What the values of a column are, as the runtime's schema names it (landfall_runtime/schema.py). */
export type Kind = 'number' | 'integer' | 'boolean' | 'category' | 'date';

/** What the texts of a column tell. */
export interface ColumnValues {
  name: string;
  kind: Kind;
  /** Texts that are there, by how often, most frequent first. */
  counts: Map<string, number>;
  present: number;
  missing: number;
  /** Texts beside the empty one that mean a missing value here. */
  missingTexts: string[];
  /** Of numbers. */
  min?: number;
  max?: number;
  /** Standard deviation. */
  spread?: number;
}

/** Texts that always mean a missing value, and those that do only among numbers, booleans and dates. */
const ALWAYS_MISSING = ['NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL', '?', '.', '-'];
const SOMETIMES_MISSING = ['None', 'none', 'missing', 'unknown'];

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d{1,15}$/;
/** A number that begins so is a code, such as a postcode, and loses its zeros as a number. */
const CODE = /^[+-]?0\d/;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const BOOLEANS = [
  ['true', 'false'],
  ['yes', 'no'],
  ['t', 'f'],
  ['y', 'n'],
];

/** Tells what a column's texts are. */
export function columnValues(name: string, texts: string[]): ColumnValues {
  const first = without(texts, ALWAYS_MISSING);
  const second = without(texts, [...ALWAYS_MISSING, ...SOMETIMES_MISSING]);
  const isPlain = kindOf(first.present) !== 'category' || kindOf(second.present) === 'category';
  const { present, missingTexts } = isPlain || second.present.length === 0 ? first : second;
  const kind = kindOf(present);
  const numbers = kind === 'number' || kind === 'integer' ? present.map(Number) : [];
  return {
    name,
    kind,
    counts: countTexts(present),
    present: present.length,
    missing: texts.length - present.length,
    missingTexts,
    ...(numbers.length > 0 && { min: numbers.reduce(lower), max: numbers.reduce(higher), spread: spreadOf(numbers) }),
  };
}

function without(texts: string[], tokens: string[]): { present: string[]; missingTexts: string[] } {
  const isMissing = new Set(tokens);
  const found = new Set(texts.filter((text) => isMissing.has(text)));
  return { present: texts.filter((text) => text !== '' && !isMissing.has(text)), missingTexts: [...found].sort() };
}

function kindOf(texts: string[]): Kind {
  if (texts.length === 0) return 'category';
  const all = (test: (text: string) => boolean) => texts.every(test);
  if (all((text) => NUMBER.test(text)) && !texts.some((text) => CODE.test(text))) {
    // A number beyond the largest double is a bad row to the process stage.
    if (all((text) => INTEGER.test(text))) return 'integer';
    return all((text) => Number.isFinite(Number(text))) ? 'number' : 'category';
  }
  if (BOOLEANS.some((pair) => all((text) => pair.includes(text.toLowerCase())))) return 'boolean';
  return all((text) => DATE.test(text) && isDay(text.slice(0, 10))) ? 'date' : 'category';
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function countTexts(texts: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return new Map([...counts].sort(([one, times], [other, often]) => often - times || (one < other ? -1 : 1)));
}

const lower = (one: number, other: number) => Math.min(one, other);
const higher = (one: number, other: number) => Math.max(one, other);

function spreadOf(numbers: number[]): number {
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / numbers.length);
}
