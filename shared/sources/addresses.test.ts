import { expect, test } from 'vitest';
import { addressRule, clearTextRule, isAllowance } from './addresses.ts';

test.each([
  ['127.0.0.1', /this machine itself/],
  ['127.8.8.8', /this machine itself/],
  ['::1', /this machine itself/],
  ['0.0.0.0', /no address/],
  ['::', /no address/],
  ['10.1.2.3', /private network/],
  ['172.16.0.1', /private network/],
  ['172.31.255.255', /private network/],
  ['192.168.0.1', /private network/],
  ['100.64.0.1', /provider/],
  ['169.254.169.254', /metadata/],
  ['fe80::1', /metadata/],
  ['fd00:ec2::254', /private network/],
  ['168.63.129.16', /Azure/],
  ['::ffff:127.0.0.1', /at 127\.0\.0\.1, which is this machine/],
  ['::ffff:a9fe:a9fe', /at 169\.254\.169\.254/],
  ['64:ff9b::7f00:1', /special use/],
  ['::7f00:1', /special use/],
  ['::127.0.0.1', /this machine/],
  ['::808:808', /special use/],
  ['2002:7f00:1::', /special use/],
  ['224.0.0.1', /special use/],
  ['255.255.255.255', /special use/],
  ['198.18.0.1', /special use/],
])('%s is refused', (address, reason) => expect(addressRule([])('data.example', address)).toMatch(reason));

test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '20.60.1.1'])('%s is public', (address) => {
  expect(addressRule([])('data.example', address)).toBeUndefined();
});

test('a network, an address or a host of the list is allowed, and nothing beside it', () => {
  const rule = addressRule(['10.20.0.0/16', '127.0.0.1', 'Data.internal', 'fd12::/16']);
  expect(rule('a.example', '10.20.3.4')).toBeUndefined();
  expect(rule('a.example', '::ffff:10.20.3.4')).toBeUndefined();
  expect(rule('a.example', '10.21.3.4')).toMatch(/private/);
  expect(rule('127.0.0.1', '127.0.0.1')).toBeUndefined();
  expect(rule('a.example', '127.0.0.2')).toMatch(/this machine/);
  expect(rule('data.internal.', '192.168.1.1')).toBeUndefined();
  expect(rule('other.internal', '192.168.1.1')).toMatch(/private/);
  expect(rule('[fd12::1]', 'fd12::1')).toBeUndefined();
  expect(rule('[fd13::1]', 'fd13::1')).toMatch(/fd13::1 is at/);
});

test('the list takes hosts, addresses and networks', () => {
  for (const good of ['data.internal', '10.0.0.0/8', '10.0.0.1', 'fd00::/8', '::1', 'a'])
    expect([good, isAllowance(good)]).toEqual([good, true]);
  for (const bad of ['10.0.0.0/33', 'a b', '*', 'https://a', '', '-a'])
    expect([bad, isAllowance(bad)]).toEqual([bad, false]);
});

test('http in the clear goes to addresses of the list alone', () => {
  const rule = clearTextRule(['10.0.0.0/8', 'data.internal']);
  expect(rule('a.example', '10.1.2.3')).toBeUndefined();
  expect(rule('data.internal', '8.8.8.8')).toBeUndefined();
  expect(rule('a.example', '8.8.8.8')).toBe('http to a.example is not encrypted');
});
