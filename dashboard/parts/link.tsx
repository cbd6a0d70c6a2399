import type { ComponentChildren } from 'preact';
import { hashOf } from '../routes/hash.ts';

interface Props {
  to: string[];
  query?: Record<string, string | undefined>;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
}

/** A link to another place of the page. */
export function Link({ to, query = {}, children, class: name, current = false }: Props) {
  return (
    <a href={hashOf(to, query)} {...(name && { class: name })} {...(current && { 'aria-current': 'page' as const })}>
      {children}
    </a>
  );
}

/** A link to a run, by its id. */
export function RunLink({ runId }: { runId: string }) {
  return (
    <Link to={['runs', runId]} class="mono">
      {runId}
    </Link>
  );
}

/** A link to a model version. */
export function VersionLink({ pipeline, version }: { pipeline: string; version: string }) {
  return (
    <Link to={['models', pipeline, version]} class="mono">
      {version}
    </Link>
  );
}

/** A link to somewhere else, which opens beside the page. */
export function OutsideLink({ to, children }: { to: string; children: ComponentChildren }) {
  return (
    <a href={to} target="_blank" rel="noreferrer">
      {children}
      <span class="unseen"> (opens in a new tab)</span>
    </a>
  );
}
