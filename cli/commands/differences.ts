import type { Command } from 'commander';
import { parameter, type Parameters } from './arguments.ts';

/** How a run is asked to differ from what its pipeline declares. */
export interface Differences {
  parameter?: Parameters;
  initialWeights?: string;
  toStage?: string;
  cache?: boolean;
}

/** Adds the options for them. */
export function differences(command: Command): Command {
  return command
    .option('-p, --parameter <stage.name=value>', 'a parameter for this run, such as train.epochs=30', parameter)
    .option('--to-stage <stage>', 'end after this stage: process, train, record, validate or build')
    .option('--no-cache', 'run the jobs even if another run has processed the same files in the same way')
    .option(
      '--initial-weights <weights>',
      'begin the training with these: fresh, champion, or a weights file of the lake',
    );
}

/** The same as a request has them. */
export function differencesOf({ parameter: parameters, initialWeights, toStage, cache }: Differences): object {
  return {
    ...(parameters && { parameters }),
    ...(initialWeights !== undefined && { initialWeights }),
    ...(toStage !== undefined && { toStage }),
    ...(cache === false && { noCache: true }),
  };
}
