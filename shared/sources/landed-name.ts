/** Longest part of a name that is kept, in characters: a path of the lake has 1,024. */
const STEM_LIMIT = 150;

/** Name under which content lands: what tells it from other content goes before the extension, `a.csv` → `a-MARK.csv`. */
export function landedName(name: string, mark: string): string {
  const [, stem = '', extension = ''] = /^(.[^.]*)(.*)$/su.exec(name) ?? [];
  return `${[...stem].slice(0, STEM_LIMIT).join('')}-${mark}${[...extension].slice(0, STEM_LIMIT).join('')}`;
}

/** Folder beside which files are written before they have their name: it is hidden, and so is every name in it. */
export const ASIDE = '_incoming';

/** Folder in that where scripts write: landfall_runtime/landing.py. */
export const SCRIPT_ASIDE = '_script';

/** Path, in a pipeline's landing folder, at which a source's file is written before it gets its name. */
export function asidePath(folder: string, source: string, unique: string): string {
  return `${folder}${ASIDE}/_${source}-${unique}`;
}
