import { existsSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Chromium as Debian installs it, or where CHROMIUM says. */
export function findBrowser(env: NodeJS.ProcessEnv, exists = existsSync): string | undefined {
  return [env.CHROMIUM, '/usr/bin/chromium'].find((path) => path && exists(path));
}

/** Whether the page is not tested for want of a browser; where one is required the tests run, and fail. */
export function lacksBrowser(env: NodeJS.ProcessEnv, exists = existsSync): boolean {
  return findBrowser(env, exists) === undefined && !env.LANDFALL_REQUIRE_CHROMIUM;
}

export const LACKS_BROWSER = lacksBrowser(process.env);

/** Where pictures of the page are laid down, for people to look at; none are taken where it is not set. */
const PICTURES = process.env.LANDFALL_PICTURES;

/** A telephone, as far as a page is concerned. */
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Starts the browser; as root it has no sandbox of its own. */
export async function startBrowser(executablePath = findBrowser(process.env)): Promise<Browser> {
  if (!executablePath) throw new Error('There is no Chromium: apt-get install chromium, or set CHROMIUM to its path');
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

/** What a page must not do: errors and warnings of its console, dialogs, and requests to anywhere else. */
export function watchPage(page: Page, origin: string): string[] {
  const seen: string[] = [];
  page.on('console', (message) => {
    // That an answer was a refusal is the browser's own note; what the page makes of it is tested.
    const isRefusal =
      /^Failed to load resource/.test(message.text()) && /\/api\/(?!dashboard)/.test(message.location().url);
    if (['error', 'warning'].includes(message.type()) && !isRefusal) seen.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) seen.push(`request to ${request.url()}`);
  });
  return seen;
}

/** What axe checks: all in light, and in dark what else differs there. */
const CHECKS = { light: {}, dark: { runOnly: ['color-contrast'] } };

/** Proves by axe that people who hear, type or see little can use what is shown, light and dark. */
export async function expectAccessible(page: Page): Promise<void> {
  // Through the debugger, since the policy of the page lets no script in.
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const options = { resultTypes: ['violations'], ...CHECKS[colorScheme] };
    const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      `axe.run(document, ${JSON.stringify(options)})`,
    );
    const found = violations.map(
      ({ id, nodes }) => `${id} (${colorScheme}): ${nodes.map(({ html }) => html).join(' ')}`,
    );
    expect(found).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Takes a picture, light and dark, where somebody wants to look at them. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Proves that a page is no wider than its screen. */
export async function expectFits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
}

const MOST_TABS = 80;

/** Goes with the Tab key alone to what has a name. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const isThere = `(() => {
    const { activeElement: at } = document;
    const label = at?.labels?.[0]?.textContent ?? at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    return label.trim().startsWith(${JSON.stringify(name)}) && at !== document.body;
  })()`;
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    if (await page.evaluate<boolean>(isThere)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${MOST_TABS} tabs did not lead to ${name}`);
}
