import type { Lake, LakeFile } from '../../shared/clients/lake.ts';
import type { Batch } from '../../shared/run.ts';

/** The files of a batch over a lake folder: empty and hidden ones are none. */
export async function filesBelow(lake: Lake, folder: string): Promise<Batch['files']> {
  const files = await lake.list(folder);
  return files.filter(isData).map(({ path, eTag, size }) => ({ path, eTag, size }));
}

/** Whether a file of the landing zone holds data: empty and hidden ones do not. */
export function isData({ path, size }: Pick<LakeFile, 'path' | 'size'>): boolean {
  return size > 0 && !/\/[._][^/]*$/.test(path);
}
