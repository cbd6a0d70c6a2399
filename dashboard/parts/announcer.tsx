import { createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';

/** Says something to who listens to a screen reader. */
export const Announce = createContext<(text: string) => void>(() => undefined);

/** Says a text each time that it has changed; what is there from the start is read on the page. */
export function useAnnouncement(text: string): void {
  const announce = useContext(Announce);
  const said = useRef(text);
  useEffect(() => {
    if (said.current === text) return;
    said.current = text;
    announce(text);
  }, [text, announce]);
}
