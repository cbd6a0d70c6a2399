import { path } from '../connect/api.ts';
import type { Model, ModelList, ModelVersion } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { modelLines, modelTable } from '../format/model.ts';
import { json } from '../format/text.ts';
import type { Register, Session } from '../session.ts';
import { wholeNumber } from './arguments.ts';

interface Options {
  top: number;
  all?: boolean;
  document?: string;
}

/** Registers `landfall models`. */
export const models: Register = (program, cli) => {
  program
    .command('models')
    .description('list the versions of a model, or show one with what it comes from')
    .argument('<pipeline>', 'name of the pipeline')
    .argument('[version]', 'a version of the list')
    .option('--top <number>', 'so many', wholeNumber(1), 20)
    .option('--all', 'all of them')
    .option('--document <name>', 'print a document of the version: profile, golden or metadata')
    .action(cli.online(showModels));
};

async function showModels(
  session: Session,
  pipeline: string,
  version: string | undefined,
  { top, all, document }: Options,
): Promise<number> {
  const { api, show } = session;
  if (version === undefined) {
    const found = await api.list<ModelVersion, ModelList>(path`models/${pipeline}`, all ? Infinity : top);
    show.tell(found, () => modelTable(found));
    if (found.continuation !== undefined) show.line(`… there are more: --top ${top * 5} or --all`);
  } else if (document !== undefined) {
    const found = await api.get<unknown>(path`models/${pipeline}/${version}/documents/${document}`);
    show.tell(found, () => [json(found, 2)]);
  } else {
    const found = await api.get<Model>(path`models/${pipeline}/${version}`);
    show.tell(found, () => modelLines(found));
  }
  return EXIT.good;
}
