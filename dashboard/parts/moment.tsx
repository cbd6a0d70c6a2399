import { formatDistance } from '../format/duration.ts';
import { useNow } from './use-now.ts';

const WHOLE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A point in time in this browser's zone. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{WHOLE.format(Date.parse(at))}</time>;
}

/** How long ago, or until when; the whole time is its title. */
export function Ago({ at }: { at: string }) {
  const now = useNow(true);
  return (
    <time dateTime={at} title={WHOLE.format(Date.parse(at))}>
      {formatDistance(Date.parse(at), now)}
    </time>
  );
}
