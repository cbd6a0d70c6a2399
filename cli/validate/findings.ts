import type { ErrorObject } from 'ajv';

/** What is wrong with a value, and where. */
export interface Finding {
  path: string[];
  message: string;
}

/** What validation errors mean for a reader: of a choice, only what is wrong with the alternative that comes closest. */
export function findings(errors: ErrorObject[]): Finding[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const inner = new Set<ErrorObject>();
  const found: Finding[] = [];
  for (const choice of choices) {
    const within = errors.filter((error) => error !== choice && error.schemaPath.startsWith(`${choice.schemaPath}/`));
    within.forEach((error) => inner.add(error));
    if (!inner.has(choice)) found.push(...closest(choice, within));
  }
  const names = errors.filter(({ keyword }) => keyword === 'propertyNames').map(({ instancePath }) => instancePath);
  for (const error of errors) {
    // What is wrong with a name is told by the error beside it.
    const isName = error.propertyName !== undefined && names.includes(error.instancePath);
    if (!inner.has(error) && !choices.includes(error) && error.keyword !== 'if' && !isName) found.push(finding(error));
  }
  const seen = new Set<string>();
  return found.filter((one) => !seen.has(JSON.stringify(one)) && seen.add(JSON.stringify(one)));
}

function closest(choice: ErrorObject, within: ErrorObject[]): Finding[] {
  const isFlat = within.every((error) => error.instancePath === choice.instancePath && error.keyword === 'type');
  const path = stepsOf(choice.instancePath);
  if (isFlat) {
    const types = within.map(({ params }) => String(params.type));
    return [{ path, message: `expected ${types.join(' or ')}${described(choice)}` }];
  }
  const alternatives = Map.groupBy(
    within,
    ({ schemaPath }) => schemaPath.slice(choice.schemaPath.length + 1).split('/')[0],
  );
  const [best = []] = [...alternatives.values()].sort((a, b) => farness(a, path.length) - farness(b, path.length));
  return findings(best);
}

/** An alternative of another type or kind is farther off than one in which fields are wrong. */
function farness(errors: ErrorObject[], depth: number): number {
  return errors
    .map(({ instancePath, keyword }) => (stepsOf(instancePath).length === depth && keyword !== 'pattern' ? 10 : 1))
    .reduce((sum, one) => sum + one, 0);
}

function finding(error: ErrorObject): Finding {
  const path = stepsOf(error.instancePath);
  const { keyword, params, message = keyword } = error as ErrorObject<string, Record<string, unknown>>;
  switch (keyword) {
    case 'additionalProperties':
      return { path: [...path, String(params.additionalProperty)], message: 'unknown field' };
    case 'required':
      return { path, message: `${String(params.missingProperty)} is missing` };
    case 'propertyNames':
      return { path: [...path, String(params.propertyName)], message: 'is no name that is allowed here' };
    case 'type':
      return { path, message: `expected ${String(params.type)}${described(error)}` };
    case 'enum':
      return { path, message: `expected one of ${(params.allowedValues as unknown[]).join(', ')}` };
    case 'pattern':
      return {
        path,
        message: `${JSON.stringify(error.data)} does not match ${String(params.pattern)}${described(error)}`,
      };
    default:
      return { path, message: `${message}${described(error)}` };
  }
}

function described({ parentSchema }: ErrorObject): string {
  const text = (parentSchema as { description?: string } | undefined)?.description;
  return text === undefined ? '' : ` (${text})`;
}

/** A JSON pointer as its steps. */
function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
