import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { HttpProblem } from './http-problem.ts';

/** App roles of the app's Entra registration: Readers look, Operators start, stop and promote, Reviewers decide. */
export type AppRole = 'Reader' | 'Operator' | 'Reviewer';

/** Who sends a request, as App Service authentication tells it. */
export interface Principal {
  name: string;
  roles: string[];
}

/** How a person gets a token without the page. */
const TOKEN = 'az account get-access-token --resource api://CLIENT_ID';

/** https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities */
const principalSchema = z.object({
  role_typ: z.string().default('roles'),
  name_typ: z.string().default('name'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

/**
 * Who sends a request, once they may: with sign-in on, only who has the role (each role may look as well). With it off
 * the function key is all there is, and headers that tell a principal are not believed: anybody could send them.
 */
export function authorize(request: HttpRequest, isAuthenticated: boolean, role: AppRole): Principal | undefined {
  if (!isAuthenticated) return undefined;
  const principal = readPrincipal(request.headers.get('x-ms-client-principal'));
  if (!principal) throw new HttpProblem(401, 'Nobody is signed in.', `Sign in, or send a bearer token: ${TOKEN}.`);
  const isAllowed = role === 'Reader' ? principal.roles.some(isAppRole) : principal.roles.includes(role);
  if (!isAllowed) {
    const has = principal.roles.join(', ') || 'none';
    throw new HttpProblem(
      403,
      `${principal.name} lacks the app role ${role} (has: ${has}).`,
      `Ask for it in Entra ID, then sign in again or get another token: ${TOKEN}.`,
    );
  }
  return principal;
}

function isAppRole(role: string): boolean {
  return ['Reader', 'Operator', 'Reviewer'].includes(role);
}

function readPrincipal(header: string | null): Principal | undefined {
  if (header === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const parsed = principalSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { claims, role_typ: roleType, name_typ: nameType } = parsed.data;
  const of = (...types: string[]) => claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
  return { name: of('preferred_username', nameType)[0] ?? 'somebody without a name', roles: of(roleType, 'roles') };
}
