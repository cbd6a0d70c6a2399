import {
  DataLakeServiceClient,
  StorageSharedKeyCredential,
  type DataLakeFileSystemClient,
} from '@azure/storage-file-datalake';
import { DefaultAzureCredential } from '@azure/identity';
import type { LocalLake } from '../connect/connection.ts';
import { CliError, EXIT } from '../cli-error.ts';

/** A lake file system that files are dropped into, with the person's own rights. */
export interface LakeDoor {
  fileSystem(name: string): DataLakeFileSystemClient;
}

/** A person waits: after some seconds an error is worth more than a further try. */
const OPTIONS = { retryOptions: { maxTries: 3, maxRetryDelayInMs: 4_000 } };

/** The lake of a local platform, by its key, or one in Azure, as whoever is signed in on this machine. */
export function openLake(lake: LocalLake | string): LakeDoor {
  const service =
    typeof lake === 'string'
      ? new DataLakeServiceClient(requireLakeUrl(lake), new DefaultAzureCredential(), OPTIONS)
      : new DataLakeServiceClient(lake.dfs, new StorageSharedKeyCredential(lake.account, lake.key), OPTIONS);
  return { fileSystem: (name) => service.getFileSystemClient(name) };
}

/** Address of a lake; people also copy that of its blobs. */
function requireLakeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url.origin.replace('.blob.', '.dfs.');
  throw new CliError(
    `${text} is no address of a lake.`,
    'Give one such as https://ACCOUNT.dfs.core.windows.net with --lake.',
  );
}

/** What the lake, or the way to it, has against an upload. */
export function lakeError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const { statusCode, code, name, message } = error as {
    statusCode?: number;
    code?: string;
    name?: string;
    message?: string;
  };
  const said = (message ?? String(error)).split('\n')[0] ?? '';
  const refused = (text: string, cure: string) => new CliError(text, cure, EXIT.refused);
  if (
    name === 'CredentialUnavailableError' ||
    name === 'AggregateAuthenticationError' ||
    name === 'AuthenticationError'
  )
    return refused(`Nobody is signed in to Azure: ${said}`, 'Run az login, then drop again.');
  if (statusCode === 403)
    return refused(
      `The lake refuses this: ${code ?? said}.`,
      'Ask for the role Storage Blob Data Contributor on the lake, and check that its network lets this machine in.',
    );
  if (statusCode === 404)
    return refused(`The lake has no such place: ${code ?? said}.`, 'Check --lake, and that the deployment is whole.');
  if (statusCode === 409 || statusCode === 412)
    return refused(`Somebody else writes there: ${code ?? said}.`, 'Drop again, or give the file another name.');
  if (statusCode !== undefined)
    return refused(`The lake answered ${statusCode}: ${code ?? said}.`, 'Try again in a moment.');
  return refused(`The lake does not answer: ${code ?? said}.`, 'Check --lake and the network, then drop again.');
}
