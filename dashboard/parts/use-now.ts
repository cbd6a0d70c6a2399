import { useEffect, useState } from 'preact/hooks';

/** The time, renewed each second while it is asked for and the page is seen. */
export function useNow(ticks: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticks) return undefined;
    const look = () => {
      if (document.visibilityState === 'visible') setNow(Date.now());
    };
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [ticks]);
  return now;
}
