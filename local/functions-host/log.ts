import type { Level, Log } from './core.ts';

const LEVELS: Level[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/** Writes a line for each message of at least a level (host.json's logging.logLevel.default). */
export function createLog(least = 'Information', write: (line: string) => void = writeOut): Log {
  const floor = LEVELS.indexOf(least.toLowerCase() as Level);
  return (level, category, message) => {
    if (LEVELS.indexOf(level) < floor) return;
    const name = `${level.charAt(0).toUpperCase()}${level.slice(1)}`;
    write(`[${new Date().toISOString()}] [${name}] ${category}: ${message}`);
  };
}

const writeOut = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
