import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { answering } from './http-problem.ts';
import { authorize } from './principal.ts';
import type { Route } from './routes/route.ts';

/** What a route does; it asks for the durable client only if it needs it. */
export type Handle = (request: HttpRequest, durable: () => DurablePort) => Promise<HttpResponseInit>;

/** A route as it is served: to those alone who may, where sign-in is on, and with problem+json for what is refused. */
export function serve({ role }: Pick<Route, 'role'>, handle: Handle, isAuthenticated: boolean) {
  return (request: HttpRequest, durable: () => DurablePort, log: Pick<InvocationContext, 'error'>) =>
    answering(async () => {
      authorize(request, isAuthenticated, role);
      return handle(request, durable);
    }, log);
}
