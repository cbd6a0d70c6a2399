import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeFiles } from './code-files.ts';
import { buildLayer, type Layer, type LayerFiles } from './layer.ts';

/** Where a pipeline's code and the runtime package lie in every image. */
export const CODE_ROOT = '/opt/landfall';

/** One reproducible layer of a pipeline's code and the runtime package; its digest is the version of the code. */
export async function buildCodeLayer(runtimeFolder: string, pipelineFolder: string): Promise<Layer> {
  return buildLayer(
    new Map([
      ...contents(join(runtimeFolder, 'landfall_runtime'), `${CODE_ROOT}/runtime/landfall_runtime`, 'testing.py'),
      ...contents(pipelineFolder, `${CODE_ROOT}/pipeline`),
    ]),
  );
}

function contents(folder: string, target: string, ...left: string[]): LayerFiles {
  const files = codeFiles(folder).filter(({ path }) => !left.includes(path));
  return new Map(files.map(({ path }) => [`${target}/${path}`, readFileSync(join(folder, path))]));
}
