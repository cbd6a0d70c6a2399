/**
 * Splits a lock so that PyTorch's CPU build can be taken from its own index: that index holds old copies of other
 * packages too, and the CPU build needs none of the CUDA ones.
 * @param {string} lock
 * @returns {{ torch: string, rest: string }}
 */
export function splitForCpu(lock) {
  const lines = lock.split('\n').filter((line) => /^[a-z0-9]/i.test(line));
  const isTorch = (/** @type {string} */ line) => /^torch==/.test(line);
  const isCuda = (/** @type {string} */ line) => /^(nvidia-|cuda-|triton==)/.test(line);
  const rest = lines.filter((line) => !isTorch(line) && !isCuda(line));
  return { torch: lines.find(isTorch) ?? '', rest: rest.join('\n') + '\n' };
}
