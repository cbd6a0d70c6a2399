/** What each command hands over to once it is set up; setup, test and notebook do their own thing. */
export const programs = /** @type {Record<string, string>} */ ({
  start: 'local/main.ts',
  landfall: 'cli/landfall.ts',
  host: 'local/functions-host/cli.ts',
  package: 'bicep/package-app.mjs',
  figures: 'tests/figures/one-run.ts',
  bench: 'tests/bench/run.ts',
});
