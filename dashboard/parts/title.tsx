import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './title.css';

/** Whether a place has been shown before: the first one takes no focus away from the browser. */
let hasShown = false;

/** The heading of a place: names the tab, and takes the focus so that a screen reader says where it is. */
export function Title({
  text,
  children,
  after,
}: {
  text: string;
  children?: ComponentChildren;
  after?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasShown) heading.current?.focus();
    hasShown = true;
  }, []);
  useEffect(() => {
    document.title = `${text} · Landfall`;
  }, [text]);
  return (
    <div class="title">
      <h1 ref={heading} tabIndex={-1}>
        {children ?? text}
      </h1>
      {after}
    </div>
  );
}
