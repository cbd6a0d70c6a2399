import { spawn } from 'node:child_process';

/** Opens an address in the person's browser; false where there is no program for that. */
export async function openInBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const [program, ...args] of openers(env)) if (program && (await run(program, [...args, url], env))) return true;
  return false;
}

/** What opens an address, by platform; the first that is there is taken. */
function openers(env: NodeJS.ProcessEnv): string[][] {
  if (env.BROWSER) return [[env.BROWSER]];
  if (process.platform === 'darwin') return [['open']];
  // Within WSL the browser is the one of Windows.
  return env.WSL_DISTRO_NAME ? [['wslview'], ['explorer.exe'], ['xdg-open']] : [['xdg-open']];
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
