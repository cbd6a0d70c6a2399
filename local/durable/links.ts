/** Where the management API is served. */
const API_PATH = '/runtime/webhooks/durabletask';

function links(origin: string, hubName: string, code: string, id: string) {
  const instance = `${origin}${API_PATH}/instances/${id}`;
  const query = `taskHub=${hubName}&connection=Storage&code=${code}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/** The addresses that a start request is answered with. */
export const managementLinks = (origin: string, hubName: string, code: string, id: string) => ({
  ...links(origin, hubName, code, encodeURIComponent(id)),
  id,
});

/**
 * The value of a durableClient input. Without an rpcBaseUrl the SDK uses the addresses here, which carry the key;
 * with one it would call an address that asks for none.
 */
export function clientBinding(origin: string, hubName: string, code: string): object {
  const baseUrl = `${origin}${API_PATH}`;
  const create = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  const managementUrls = links(origin, hubName, code, 'INSTANCEID');
  return {
    taskHubName: hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${create}?code=${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${code}`,
    },
    managementUrls: {
      ...managementUrls,
      rewindPostUri: managementUrls.terminatePostUri.replace('terminate', 'rewind'),
    },
    baseUrl,
    requiredQueryStringParameters: `code=${code}`,
    rpcBaseUrl: null,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  };
}
