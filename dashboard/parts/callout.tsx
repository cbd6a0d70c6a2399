import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import type { Look } from './status.ts';
import './callout.css';

interface Props {
  tone: Look['tone'];
  icon: IconName;
  title?: ComponentChildren;
  /** Said at once by a screen reader. */
  alert?: boolean;
  /** What can be done about it: a button or a link. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

/** Something that stands out: what goes on, what has to be decided, or what went wrong. */
export function Callout({ tone, icon, title, alert = false, action, children }: Props) {
  return (
    <div class={`callout tone-${tone}`} {...(alert && { role: 'alert' as const })}>
      <Icon name={icon} />
      <div class="callout-text">
        {title && <strong>{title}</strong>}
        {children}
      </div>
      {action}
    </div>
  );
}
