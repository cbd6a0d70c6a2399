import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{functions,orchestrations,shared,local,cli,dashboard}/**/*.test.ts',
            'tests/{*,drift/*,bicep/*,clusters/*,deploy/*}.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/{e2e,chaos}/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // Each file has a platform of its own; much of a run is waiting, so two share two cores well.
          maxWorkers: 2,
        },
      },
    ],
  },
});
