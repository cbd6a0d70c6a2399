import { path } from '../connect/api.ts';
import type { Page, Pipeline } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { pipelineLines, pipelineTable } from '../format/pipeline.ts';
import type { Register, Session } from '../session.ts';

/** Registers `landfall pipelines`. */
export const pipelines: Register = (program, cli) => {
  program
    .command('pipelines')
    .description('list the pipelines, also broken ones with what is wrong with them, or show one')
    .argument('[name]', 'name of a pipeline')
    .action(cli.online(showPipelines));
};

async function showPipelines({ api, show }: Session, name: string | undefined): Promise<number> {
  if (name === undefined) {
    const found = await api.get<Page<Pipeline>>(path`pipelines`);
    show.tell(found, () => pipelineTable(found.value));
  } else {
    const found = await api.get<Pipeline>(path`pipelines/${name}`);
    show.tell(found, () => pipelineLines(found));
  }
  return EXIT.good;
}
