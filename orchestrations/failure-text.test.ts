import { expect, test } from 'vitest';
import { failureText } from './failure-text.ts';

const dotnet = '{"$type":"System.Exception, System.Private.CoreLib","ClassName":"System.Exception"}';

test.each([
  ["Activity function 'x' failed:  boom now \n " + dotnet, 'boom now'],
  [
    "Orchestrator function 'y' failed: Activity function 'x' failed:  Error: registry down\n " + dotnet,
    'registry down',
  ],
  ["Activity function 'x' failed:  Result: Failure\nException: TypeError: boom\nStack: at z", 'boom'],
  ['plain words', 'plain words'],
])('%j says what a person wrote', (text, expected) => {
  expect(failureText(new Error(text))).toBe(expected);
  expect(failureText(text)).toBe(expected);
});
