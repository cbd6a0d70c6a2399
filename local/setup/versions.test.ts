import { expect, test } from 'vitest';
import { choosePython, isJavaForSpark, parseJava } from './versions.mjs';

const properties = (specification: string) => `Property settings:
    java.home = /usr/lib/jvm/java
    java.specification.version = ${specification}
    java.version = whatever

openjdk version "whatever"`;

test.each([
  [properties('1.8'), { major: 8, home: '/usr/lib/jvm/java' }, false],
  [properties('11'), { major: 11, home: '/usr/lib/jvm/java' }, false],
  [properties('17'), { major: 17, home: '/usr/lib/jvm/java' }, true],
  [properties('21'), { major: 21, home: '/usr/lib/jvm/java' }, true],
  [properties('25'), { major: 25, home: '/usr/lib/jvm/java' }, false],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined, false],
])('Java is recognized by what it prints about itself (%#)', (output, java, fits) => {
  expect(parseJava(output)).toEqual(java);
  expect(isJavaForSpark(java)).toBe(fits);
});

type Machine = Record<string, [version: string, makesEnvironments: boolean]>;

function choose(machine: Machine, platform: NodeJS.Platform = 'linux') {
  const inspect = (command: string) => {
    const [version, makesEnvironments] = machine[command] ?? [];
    return version ? { command, version, makesEnvironments: makesEnvironments === true } : undefined;
  };
  return choosePython(['python3.13', 'python3', 'python'], inspect, platform);
}

test.each<[Machine, string]>([
  [{ 'python3.13': ['3.13.1', true], python3: ['3.12.4', true] }, 'python3.13'],
  [{ 'python3.13': ['3.13.1', false], python3: ['3.12.4', true] }, 'python3'],
  [{ python3: ['3.14.0', true], python: ['3.11.9', true] }, 'python'],
])('the first Python that fits and makes environments is taken (%#)', (machine, command) => {
  expect(choose(machine)).toMatchObject({ command });
});

test.each<[Machine, NodeJS.Platform, RegExp]>([
  [{}, 'linux', /needed \(found: none\).*apt-get install python3\.12 python3\.12-venv$/],
  [{ python3: ['3.9.2', true] }, 'darwin', /found: python3 is 3\.9\.2.*brew install/],
  [{ python3: ['3.11.2', false] }, 'linux', /^python3 cannot.*apt-get install python3\.11-venv$/],
])('a machine without one is told what to install (%#)', (machine, platform, message) => {
  expect(choose(machine, platform)).toEqual({ error: expect.stringMatching(message) as string });
});
