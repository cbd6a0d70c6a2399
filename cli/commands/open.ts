import { EXIT } from '../cli-error.ts';
import { openInBrowser } from '../page/browser.ts';
import { pageAddress } from '../page/page-address.ts';
import type { Register, Session } from '../session.ts';

/** Registers `landfall open`. */
export const open: Register = (program, cli) => {
  program
    .command('open')
    .description('open the page in the browser')
    .argument('[what]', 'a run’s id, a pipeline’s name, PIPELINE/VERSION of a model, or runs (default: its start)')
    .option('--print', 'print the address instead')
    .action(cli.online(openPage));
};

async function openPage(session: Session, what: string | undefined, { print }: { print?: boolean }): Promise<number> {
  const { api, show, address } = session;
  const url = pageAddress(api.url, what);
  // The page asks nobody for a key before it shows itself; what it shows then does.
  const opened = !print && (await openInBrowser(url, session.env));
  show.tell({ url, opened }, () => [
    opened ? `Opened ${url}` : url,
    ...(address.local && !print ? [`It asks for the function key once: ${address.key}`] : []),
  ]);
  return EXIT.good;
}
