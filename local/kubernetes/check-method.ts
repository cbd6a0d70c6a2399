import type { Call } from './request.ts';
import { pageNotFound } from './request.ts';
import { verbsOf } from './resources.ts';
import { badRequest, methodNotAllowed, notFound, StatusError, unsupported } from './status-error.ts';

/** Refuses what no object of this kind can be asked, as the real server does. */
export function checkMethod({ verb, name, resource, subresource, namespace, request }: Call): void {
  const { isCustom, group, plural, namespaced } = resource;
  const kind = group ? `${plural}.${group}` : plural;
  const isKnown = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(request.method ?? '');
  const refuse = (error: StatusError) => (isCustom ? error : methodNotAllowed());
  const notFor = (what: string) =>
    new StatusError(405, 'MethodNotAllowed', `${what} is not supported on resources of kind "${kind}"`, {
      group,
      kind: plural,
    });
  if (subresource && resource.unserved.includes(subresource)) throw unsupported(`the ${subresource} subresource`);
  if (subresource && !resource.subresources.includes(subresource)) throw refuse(notFound(resource, name ?? ''));
  if (!isKnown) throw refuse(notFor(''));
  if (subresource === 'status' && ['create', 'delete'].includes(verb)) throw refuse(notFor(verb));
  if (!verbsOf(resource).includes(verb) && !subresource) throw unsupported(`${verb} of ${kind} at run time`);
  if (!name && ['update', 'patch'].includes(verb)) throw refuse(badRequest('name must be provided'));
  if (name && verb === 'create' && !isCustom && subresource !== 'binding') throw methodNotAllowed();
  if (namespaced && !namespace && !['list', 'watch'].includes(verb)) throw refuse(pageNotFound());
}
