import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLayer, type Layer, type LayerFiles } from './layer.ts';

/** Where a pipeline's code and the runtime package lie in every image. */
export const CODE_ROOT = '/opt/landfall';

/** One reproducible layer of a pipeline's code and the runtime package; its digest is the version of the code. */
export async function buildCodeLayer(runtimeFolder: string, pipelineFolder: string): Promise<Layer> {
  return buildLayer(
    new Map([
      ...pythonFiles(join(runtimeFolder, 'landfall_runtime'), `${CODE_ROOT}/runtime/landfall_runtime`, 'testing.py'),
      ...pythonFiles(pipelineFolder, `${CODE_ROOT}/pipeline`),
    ]),
  );
}

/** Tests and what serves them alone stay out: they change without the product changing. */
function pythonFiles(folder: string, target: string, ...left: string[]): LayerFiles {
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.py') && !name.startsWith('test_') && !['conftest.py', ...left].includes(name),
  );
  return new Map(names.map((name) => [`${target}/${name}`, readFileSync(join(folder, name))]));
}
