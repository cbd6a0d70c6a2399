const SCREENS = new Set(['runs', 'pipelines', 'models', 'arrivals']);
const RUN_ID = /-\d{8}-\d{6}-[0-9a-f]{6}$/;

/** Address of the page that shows something: a run by its id, a model as PIPELINE/VERSION, a pipeline by its name. */
export function pageAddress(url: string, what: string | undefined): string {
  return `${url}/api/dashboard/#/${place(what ?? '')
    .map(encodeURIComponent)
    .join('/')}`;
}

function place(what: string): string[] {
  if (what === '') return [];
  if (SCREENS.has(what)) return [what];
  if (RUN_ID.test(what)) return ['runs', what];
  return what.includes('/') ? ['models', ...what.split('/')] : ['pipelines', what];
}
