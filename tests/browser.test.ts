import { expect, test } from 'vitest';
import { findBrowser, lacksBrowser, startBrowser } from './kit/browser.ts';

const nowhere = () => false;

test('without a browser the page is not tested, unless one has to be there: then its tests fail', async () => {
  expect(lacksBrowser({}, nowhere)).toBe(true);
  expect(lacksBrowser({ LANDFALL_REQUIRE_CHROMIUM: '1' }, nowhere)).toBe(false);
  await expect(startBrowser('')).rejects.toThrow('There is no Chromium: apt-get install chromium');
});

test('a browser is taken from where somebody says, else from where Debian has it', () => {
  expect(findBrowser({ CHROMIUM: '/opt/chromium' }, () => true)).toBe('/opt/chromium');
  expect(findBrowser({ CHROMIUM: '/opt/chromium' }, (path) => path === '/usr/bin/chromium')).toBe('/usr/bin/chromium');
});
