/** A route template, ready to match. */
export interface Route {
  /** The route values of a decoded path (without slash in front), or undefined where it does not match. */
  match(path: string): Record<string, string> | undefined;
  /** Sorts before routes that are less specific. */
  rank: string;
}

interface Parameter {
  name: string;
  constraints: Constraint[];
  fallback: string | undefined;
}

type Constraint = (value: string) => boolean;

const INT_RANGE = 2_147_483_648;
const PARAMETER = /\{(\*{0,2})(\w+)((?::[^:=?}]+)*)(?:=([^}?]*))?(\??)\}/g;

// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints (those without arguments)
const CONSTRAINTS: Record<string, Constraint> = {
  int: (value) => /^[+-]?\d+$/.test(value) && Number(value) < INT_RANGE && Number(value) >= -INT_RANGE,
  long: (value) => /^[+-]?\d{1,19}$/.test(value),
  bool: (value) => /^(true|false)$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  guid: (value) => /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(value),
};

/** Compiles an ASP.NET route template; an unknown constraint is an error that names it. */
export function compileRoute(template: string): Route {
  const parameters: Parameter[] = [];
  const ranks: string[] = [];
  const segments = template.split('/').filter(Boolean);
  const pattern = segments.map((segment) => compileSegment(segment, parameters, ranks)).join('');
  const expression = new RegExp(`^${pattern}/?$`, 'is');
  return { rank: ranks.join(''), match: (path) => match(expression, parameters, `/${path}`) };
}

function compileSegment(segment: string, parameters: Parameter[], ranks: string[]): string {
  let isOptional = false;
  let end = 0;
  let pattern = '';
  let rank = '1';
  for (const found of segment.matchAll(PARAMETER)) {
    const [whole, star, name = '', constraints = '', fallback, optional] = found;
    parameters.push({ name, constraints: constraints.split(':').filter(Boolean).map(findConstraint), fallback });
    isOptional = Boolean(star) || fallback !== undefined || optional === '?';
    pattern += escape(segment.slice(end, found.index)) + (star ? '(.+)' : whole === segment ? '([^/]+)' : '([^/]+?)');
    end = found.index + whole.length;
    rank = (star ? 4 : 2) + (constraints ? '' : '5');
  }
  pattern += escape(segment.slice(end));
  ranks.push(rank);
  return isOptional ? `(?:/${pattern})?` : `/${pattern}`;
}

function findConstraint(name: string): Constraint {
  const constraint = CONSTRAINTS[name.toLowerCase()];
  if (!constraint) throw new Error(`The constraint reference '${name}' could not be resolved to a type.`);
  return constraint;
}

function match(expression: RegExp, parameters: Parameter[], path: string): Record<string, string> | undefined {
  const found = expression.exec(path);
  if (!found) return undefined;
  const values: Record<string, string> = {};
  for (const [index, { name, constraints, fallback }] of parameters.entries()) {
    const value = found[index + 1] ?? fallback;
    if (value === undefined) continue;
    if (!constraints.every((holds) => holds(value))) return undefined;
    values[name] = value;
  }
  return values;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
