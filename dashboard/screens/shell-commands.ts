/** An object on a cluster. */
interface JobObject {
  cluster: string;
  kind: string;
  namespace: string;
  name: string;
}

const CLUSTER_ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i;

/** Commands that show a job and its pods; the clusters' names are the contexts of the local platform's kubeconfig. */
export function kubectlCommands({ cluster, kind, namespace, name }: JobObject): string[] {
  const where = `kubectl --context ${quoted(cluster)} --namespace ${quoted(namespace)}`;
  return [
    `${where} describe ${quoted(kind.toLowerCase())} ${quoted(name)}`,
    `${where} get ${quoted(kind.toLowerCase())} ${quoted(name)} --output yaml`,
  ];
}

/** The command that makes a context of kubectl for a cluster in Azure, under the cluster's name here. */
export function credentialsCommand(resourceId: string, cluster: string): string | undefined {
  const [, subscription, group, name] = CLUSTER_ID.exec(resourceId) ?? [];
  if (!subscription || !group || !name) return undefined;
  const which = `--subscription ${quoted(subscription)} --resource-group ${quoted(group)} --name ${quoted(name)}`;
  return `az aks get-credentials ${which} --context ${quoted(cluster)}`;
}

/**
 * The command that asks Durable Functions for an instance and all that happened in it. Its key is none that the page has.
 * https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api#get-instance-status
 */
export function instanceCommand(origin: string, instanceId: string): string {
  const address = `${origin}/runtime/webhooks/durabletask/instances/${encodeURIComponent(instanceId)}?showHistory=true`;
  return `curl --header "x-functions-key: $DURABLE_KEY" ${quoted(address)}`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
