import { expect, test } from 'vitest';
import { credentialsCommand, instanceCommand, kubectlCommands } from './shell-commands.ts';

test('a job is shown by kubectl as the shell takes it', () => {
  const job = { cluster: 'data-processing', kind: 'SparkApplication', namespace: 'landfall', name: 'iris-1-process-1' };
  expect(kubectlCommands(job)).toEqual([
    'kubectl --context data-processing --namespace landfall describe sparkapplication iris-1-process-1',
    'kubectl --context data-processing --namespace landfall get sparkapplication iris-1-process-1 --output yaml',
  ]);
  expect(kubectlCommands({ ...job, name: "a'b c" })[0]).toMatch(/describe sparkapplication 'a'\\''b c'$/);
});

test('a cluster in Azure becomes a context of kubectl, whatever its group is called', () => {
  const id =
    '/subscriptions/0b1f-6471/resourceGroups/mine (test)/providers/Microsoft.ContainerService/managedClusters/t1';
  expect(credentialsCommand(id, 'training')).toBe(
    "az aks get-credentials --subscription 0b1f-6471 --resource-group 'mine (test)' --name t1 --context training",
  );
  expect(credentialsCommand('training', 'training')).toBeUndefined();
});

test('an instance is asked for with its history, by a key that the shell puts in', () => {
  expect(instanceCommand('https://landfall.example', 'iris-1')).toBe(
    `curl --header "x-functions-key: $DURABLE_KEY" 'https://landfall.example/runtime/webhooks/durabletask/instances/iris-1?showHistory=true'`,
  );
});
