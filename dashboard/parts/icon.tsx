import './icon.css';

const PATHS = {
  check: 'M3.500 8.500l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  ring: 'M8 2.500a5.500 5.500 0 1 1-5.500 5.500',
  dots: 'M3 8h.01M8 8h.01M13 8h.01',
  person:
    'M8 8a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 8 8zM2.800 13.800c.8-2.600 2.800-3.800 5.200-3.800s4.400 1.200 5.200 3.800',
  stop: 'M4.500 4.500h7v7h-7z',
  shield: 'M8 2l5 1.800v4c0 3-2 5.200-5 6.400-3-1.200-5-3.400-5-6.400v-4z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.800V8l2.200 1.600',
  layers: 'M8 2.500l6 3-6 3-6-3zM2.500 9L8 11.800 13.500 9',
  up: 'M8 13V3.500M4 7l4-4 4 4',
  reuse: 'M3 8a5 5 0 0 1 8.600-3.400L13 6M13 2.800V6H9.800M13 8a5 5 0 0 1-8.600 3.400L3 10M3 13.200V10h3.200',
  warning: 'M8 2.500l6 11H2zM8 6.500v3.200M8 11.600h.01',
  copy: 'M6 6h7v7.500H6zM10 6V2.500H3V10h3',
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing beside words that say the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
