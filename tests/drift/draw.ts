/** Draws numbers that are the same for the same seed. */
export interface Draw {
  uniform: () => number;
  normal: () => number;
  /** 0 … count - 1, the first ones most frequent, about by one over their rank (Zipf). */
  skewed: (count: number) => number;
}

/** The generator mulberry32 (Ettinger 2017), and what is drawn by it. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const skewed = (count: number) => Math.floor((count + 1) ** uniform()) - 1;
  return { uniform, normal, skewed };
}
