import { describe, expect, it } from 'vitest';
import { compileRoute } from './route.ts';

describe('a route', () => {
  it.each([
    ['api/echo/{id:int?}', 'API/Echo/007', { id: '007' }],
    ['api/echo/{id:int?}', 'api/echo/', {}],
    ['api/echo/{id:int}', 'api/echo/-2147483648', { id: '-2147483648' }],
    ['api/echo/{id:int}', 'api/echo/2147483648', undefined],
    ['api/echo/{id:int}', 'api//echo/5', undefined],
    ['a/{x}', 'a/b/c', undefined],
    ['files/{*rest}', 'files', {}],
    ['files/{*rest}', 'files/one/two.txt', { rest: 'one/two.txt' }],
    ['opt/{cat:alpha=books}/{id:guid?}', 'opt', { cat: 'books' }],
    ['opt/{cat:alpha=books}/{id:guid?}', 'opt/a1', undefined],
    ['reports/{year:int}-{name}.csv', 'reports/2026-iris.csv', { year: '2026', name: 'iris' }],
    ['runs/{id}/review', 'runs/a+b/review/', { id: 'a+b' }],
    ['a.b', 'aXb', undefined],
  ])('%s on %s gives %j', (template, path, values) => {
    expect(compileRoute(template).match(path)).toEqual(values);
  });

  it('sorts literals before constrained parameters, those before free ones, and catch-alls last', () => {
    const templates = ['a/{*rest}', 'a/{x}', 'a/b', 'a/{x:int}', 'a/{*rest:int}'];
    const sorted = templates.toSorted((a, b) => (compileRoute(a).rank < compileRoute(b).rank ? -1 : 1));
    expect(sorted).toEqual(['a/b', 'a/{x:int}', 'a/{x}', 'a/{*rest:int}', 'a/{*rest}']);
  });

  it('with a constraint that is not known is an error that names it', () => {
    expect(() => compileRoute('{x:colour}')).toThrow("The constraint reference 'colour'");
  });
});
