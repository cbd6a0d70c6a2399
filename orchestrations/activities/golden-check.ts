import { firstDifference, goldenSchema } from '../../shared/golden.ts';
import { locate, readJson, type ActivityContext } from './context.ts';

/** Sends the golden requests to the new revision; answers what differs, or nothing. */
export async function checkGolden(
  { clients }: ActivityContext,
  { runId, revision }: { runId: string; revision: string },
): Promise<{ difference?: string }> {
  const { pipeline, paths } = locate(runId);
  const golden = goldenSchema.parse(await readJson(clients, `${paths.model}/golden.json`));
  for (const [index, request] of golden.requests.entries()) {
    const path = `/v1/models/${pipeline}:predict`;
    const body = JSON.stringify(request);
    const answer = await clients.predictor.ask(pipeline, revision, { method: 'POST', path, body });
    if (!answer) throw new Error(`Revision ${revision} cannot be asked any more`);
    const which = `golden request ${index + 1}`;
    if (answer.status !== 200) {
      return { difference: `${which}: status ${answer.status}: ${answer.body.slice(0, 500)}` };
    }
    const difference = firstDifference(golden.responses[index], JSON.parse(answer.body), golden.tolerance);
    if (difference) return { difference: `${which}: ${difference}` };
  }
  return {};
}
