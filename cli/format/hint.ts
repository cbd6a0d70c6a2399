/** Requests that hints of the app name, and the command that sends each. */
const COMMANDS: [request: RegExp, command: string][] = [
  [/POST \/api\/runs\/([\w-]+)\/cancel/g, 'landfall cancel $1'],
  [/POST \/api\/runs\/([\w-]+)\/rerun/g, 'landfall rerun $1'],
  [/POST \/api\/runs\/([\w-]+)\/review/g, 'landfall review $1'],
  [/POST \/api\/pipelines\/([\w-]+)\/runs/g, 'landfall start $1'],
  [/GET \/api\/pipelines\/([\w-]+)\/waiting/g, 'landfall waiting $1'],
  [/GET \/api\/pipelines\/([\w-]+)\/backfills/g, 'landfall backfills $1'],
  [/GET \/api\/pipelines\/([\w-]+)\/sources\/([\w-]+)\/logs/g, 'landfall logs $1 --source $2'],
  [/POST \/api\/pipelines\/([\w-]+)\/collect/g, 'landfall collect $1'],
  [/GET \/api\/pipelines\/([\w-]+)/g, 'landfall pipelines $1'],
  [/GET \/api\/pipelines/g, 'landfall pipelines'],
  [/GET \/api\/models\/([\w-]+)/g, 'landfall models $1'],
  [/GET \/api\/runs\/([\w-]+)/g, 'landfall run $1'],
  [/GET \/api\/runs/g, 'landfall runs'],
  [/GET \/api\/health/g, 'landfall doctor'],
  [/GET \/api\/openapi\.json/g, 'landfall help COMMAND'],
];

/** A hint of the app, with commands in place of the requests that it names. */
export function commandFor(hint: string): string {
  return COMMANDS.reduce((text, [request, command]) => text.replace(request, command), hint);
}
