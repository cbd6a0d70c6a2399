import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Turns absolute paths that exist in an unpacked image into where they lie on this machine, also in lists
 * (`/a:/b`, `/a,/b`) and after an equals sign. Anything else stays as it is.
 */
export function mapPaths(value: string, root: string): string {
  return value.replace(/(^|[:,=])(\/[^:,=]+)/g, (whole, before: string, path: string) =>
    path !== '/' && !path.startsWith('//') && existsSync(join(root, path)) ? `${before}${join(root, path)}` : whole,
  );
}

/** Puts the values of variables for `$(NAME)`, as the kubelet does in commands, arguments and values. */
export function expandVariables(value: string, env: Record<string, string>): string {
  return value.replace(/\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string) => env[name] ?? whole);
}
