import { CliError } from '../cli-error.ts';

const LANDING = 'landing/';

/** A path of the landing zone as the app names it: people may leave out the file system. */
export function lakePath(text: string): string {
  const path = text.replace(/^\/+/, '');
  if (path.split('/').some((part) => part === '..' || part === '.'))
    throw new CliError(`${text} leads out of its folder.`, 'Give a path such as landing/iris/iris.csv.');
  return path.startsWith(LANDING) ? path : LANDING + path;
}
