import { HttpRequest } from '@azure/functions';
import { describe, expect, test } from 'vitest';
import { authorize, type AppRole } from './principal.ts';

function request(principal?: unknown) {
  if (principal === undefined) return new HttpRequest({ method: 'GET', url: 'http://app.test' });
  const header = typeof principal === 'string' ? principal : encoded(principal);
  return new HttpRequest({ method: 'GET', url: 'http://app.test', headers: { 'x-ms-client-principal': header } });
}
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const signedIn = (...roles: string[]) => ({
  auth_typ: 'aad',
  name_typ: 'name',
  role_typ: 'roles',
  claims: [{ typ: 'preferred_username', val: 'ada@example.com' }, ...roles.map((val) => ({ typ: 'roles', val }))],
});

describe('with sign-in on', () => {
  test.each<[string[], AppRole, number | undefined]>([
    [['Reader'], 'Reader', undefined],
    [['Reviewer'], 'Reader', undefined],
    [['Operator'], 'Operator', undefined],
    [['Reader', 'Reviewer'], 'Reviewer', undefined],
    [['Reader'], 'Operator', 403],
    [['Operator'], 'Reviewer', 403],
    [['Owner'], 'Reader', 403],
    [[], 'Reader', 403],
  ])('%j asks for what a %s may: %s', (roles, role, status) => {
    const ask = () => authorize(request(signedIn(...roles)), true, role);
    if (status === undefined) expect(ask()).toEqual({ name: 'ada@example.com', roles });
    else {
      const hint = expect.stringContaining('az account get-access-token') as string;
      expect(ask).toThrow(expect.objectContaining({ status, hint }));
    }
  });

  test.each([
    ['missing', undefined],
    ['no base64 of JSON', '%%%'],
    ['no principal', encoded({ name: 'ada' })],
  ])('a principal that is %s is nobody', (_, principal) => {
    expect(() => authorize(request(principal), true, 'Reader')).toThrow(expect.objectContaining({ status: 401 }));
  });
});

test('with sign-in off a forged principal counts for nothing', () => {
  expect(authorize(request(signedIn('Reviewer')), false, 'Reviewer')).toBeUndefined();
  expect(authorize(request(), false, 'Operator')).toBeUndefined();
});
