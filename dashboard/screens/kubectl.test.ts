import { expect, test } from 'vitest';
import { commandsFor } from './kubectl.ts';

const job = { cluster: 'training', kind: 'PyTorchJob', namespace: 'landfall', name: 'iris-1-train-1' };

test('a job is shown by a command that a shell takes as it is', () => {
  expect(commandsFor(job)[0]).toBe(
    'kubectl --context training --namespace landfall describe pytorchjob iris-1-train-1',
  );
  expect(commandsFor({ ...job, name: "a'b; rm" })[0]).toContain(`pytorchjob 'a'\\''b; rm'`);
});
