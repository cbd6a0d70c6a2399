import type { HttpRequest } from '@azure/functions';

/**
 * Who sends a request, by App Service authentication; undefined where that is off, since anybody could send the header.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function principalName(request: HttpRequest, isAuthenticated: boolean): string | undefined {
  return isAuthenticated ? (request.headers.get('x-ms-client-principal-name') ?? undefined) : undefined;
}
