import type { Clients } from '../../shared/clients/clients.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import { ASIDE, SCRIPT_ASIDE } from '../../shared/sources/landed-name.ts';

const HOUR_MS = 3_600_000;
/** Longer than any activity runs. */
const OLD_MS = HOUR_MS;
/** At least so long, since a script that still runs may have been pinned with another timeout. */
const OLD_OF_SCRIPT_MS = 24 * HOUR_MS;

/** Deletes what crashes have left aside in a pipeline's landing folder, of the app's own activities and of its scripts. */
export async function dropLeftovers(
  { landing }: Pick<Clients, 'landing'>,
  { landing: zone, sources }: Pipeline,
  now: Date,
): Promise<void> {
  const timeouts = sources.map((source) => (source.type === 'script' ? source.timeout : 0));
  const oldOfScript = Math.max(OLD_OF_SCRIPT_MS, ...timeouts) + HOUR_MS;
  const aside = `landing/${zone.prefix}${ASIDE}`;
  await landing.dropOlder(aside, new Date(now.getTime() - OLD_MS));
  await landing.dropOlder(`${aside}/${SCRIPT_ASIDE}`, new Date(now.getTime() - oldOfScript));
}
