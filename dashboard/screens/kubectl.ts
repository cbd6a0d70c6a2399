/** An object on a cluster. */
interface JobObject {
  cluster: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Commands that show a job and its pods; the clusters' names are the contexts of the local platform's kubeconfig. */
export function commandsFor({ cluster, kind, namespace, name }: JobObject): string[] {
  const where = `kubectl --context ${quoted(cluster)} --namespace ${quoted(namespace)}`;
  return [
    `${where} describe ${quoted(kind.toLowerCase())} ${quoted(name)}`,
    `${where} get ${quoted(kind.toLowerCase())} ${quoted(name)} --output yaml`,
  ];
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
