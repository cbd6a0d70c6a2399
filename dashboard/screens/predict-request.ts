import type { components } from '../../docs/api/openapi.ts';

type PredictRequest = components['schemas']['PredictRequest'];

/** Reads what somebody has typed as a request, or says what is wrong with it. */
export function parseRequest(text: string): { request: PredictRequest } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `This is no JSON: ${error.message}` };
    throw error;
  }
  if (typeof value === 'object' && value !== null && 'instances' in value && Array.isArray(value.instances)) {
    return { request: value as PredictRequest };
  }
  return { problem: 'Expected an object with a list of instances, such as { "instances": [[1, 2]] }.' };
}
