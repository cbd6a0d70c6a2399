import { ask, type Address } from './api.ts';
import { CliError } from './cli-error.ts';

interface Health {
  status: string;
  parts: { name: string; status: string; detail: string; cure?: string }[];
}

/** Prints how each part is; answers the exit code: 0 when all are well. */
export async function doctor(address: Address, json: boolean): Promise<number> {
  const { status, body } = await ask(address, 'health');
  const { parts } = body as Partial<Health>;
  if (!Array.isArray(parts)) {
    throw new CliError(
      `${address.url} answered ${status} without parts.`,
      'Check that --api is the address of a Landfall app.',
    );
  }
  const healthy = parts.every((part) => part.status === 'Healthy');
  if (json) console.log(JSON.stringify(body, null, 2));
  else for (const line of parts.flatMap(lines)) console.log(line);
  return healthy ? 0 : 1;
}

function lines({ name, status, detail, cure }: Health['parts'][number]): string[] {
  if (status === 'Healthy') return [`✔ ${name.padEnd(24)} ${detail}`];
  return [`✖ ${name.padEnd(24)} ${detail}`, ...(cure ? [`  → ${cure}`] : [])];
}
