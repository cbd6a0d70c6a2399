import { path } from '../connect/api.ts';
import type { Model } from '../connect/api-types.ts';
import { EXIT } from '../cli-error.ts';
import { commandFor } from '../format/hint.ts';
import { promotionLine } from '../format/model.ts';
import { elapsed } from '../format/quantity.ts';
import { oneLine } from '../format/text.ts';
import { patiently } from '../connect/patience.ts';
import type { Register, Session } from '../session.ts';

/** Registers `landfall promote`. */
export const promote: Register = (program, cli) => {
  program
    .command('promote')
    .description('set an earlier version live again, behind its golden requests')
    .argument('<pipeline>', 'name of the pipeline')
    .argument('<version>', 'a version that was live before, as landfall models lists it')
    .option('-f, --follow', 'wait until it serves; exit code 1 when it does not come to that')
    .action(cli.online(promoteModel));
};

async function promoteModel(
  session: Session,
  pipeline: string,
  version: string,
  { follow }: { follow?: boolean },
): Promise<number> {
  const { api, show, command } = session;
  const answer = await api.post<object>(path`models/${pipeline}/${version}/promote`);
  const name = oneLine(`${pipeline} ${version}`);
  if (follow) {
    show.line(`${name} is on its way.`);
    return followPromotion(session, pipeline, version);
  }
  show.tell(answer, () => [`${name} is on its way.`, `  → ${command(`models ${name}`)}`]);
  return EXIT.good;
}

async function followPromotion(session: Session, pipeline: string, version: string): Promise<number> {
  const { api, show, pause, now } = session;
  for (const since = now(); ;) {
    const model = await patiently(session, () => api.get<Model>(path`models/${pipeline}/${version}`));
    const { promotion } = model;
    if (promotion && promotion.status !== 'Running') {
      const isGood = promotion.status === 'Succeeded';
      const { hint } = promotion.error ?? {};
      show.tell(model, () => [
        oneLine(
          isGood ? `✔ ${pipeline} ${version} serves after ${elapsed(now() - since)}` : `✖ ${promotionLine(promotion)}`,
        ),
        ...(hint ? [`  → ${oneLine(commandFor(hint))}`] : []),
      ]);
      return isGood ? EXIT.good : EXIT.failed;
    }
    show.now(`rollout   ${promotion?.waitingFor ?? ''} · ${elapsed(now() - since)}`);
    await pause();
  }
}
