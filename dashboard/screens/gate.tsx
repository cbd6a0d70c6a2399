import type { ComponentChildren } from 'preact';
import type { Run } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Reasons } from '../parts/reasons.tsx';

type Gate = NonNullable<Run['gate']>;

const WORDS = {
  pass: { status: 'Succeeded', words: 'Passes' },
  review: { status: 'Waiting', words: 'Asks a person' },
  reject: { status: 'Rejected', words: 'Rejects' },
} as const;

/** What the gate says of a model, and why. */
export function GateCard({ gate: { decision, reasons }, more }: { gate: Gate; more?: ComponentChildren }) {
  return (
    <div class="card">
      <div class="title">
        <h2>Gate</h2>
        <Chip {...WORDS[decision]} />
      </div>
      <Reasons of={reasons} />
      {more}
    </div>
  );
}
