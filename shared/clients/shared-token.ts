import type { AccessToken, TokenCredential } from '@azure/identity';

/**
 * A credential of which many clients ask at once: who asks while a token for the same scope is on its way gets that one.
 * The credential keeps tokens by itself until shortly before they expire, but not those that are on their way.
 */
export function sharedToken(credential: TokenCredential): TokenCredential {
  const onTheirWay = new Map<string, Promise<AccessToken | null>>();
  return {
    getToken(scopes, options) {
      const key = JSON.stringify([scopes, options?.tenantId, options?.claims]);
      const asked = onTheirWay.get(key) ?? credential.getToken(scopes, options).finally(() => onTheirWay.delete(key));
      onTheirWay.set(key, asked);
      return asked;
    },
  };
}
