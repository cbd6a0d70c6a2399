import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Chromium as Debian installs it, or where CHROMIUM says; without it the page is not tested. */
export const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path && existsSync(path));

/** Where pictures of the page lie after a test, for people to look at. */
const PICTURES = process.env.LANDFALL_PICTURES ?? mkdtempSync(join(tmpdir(), 'landfall-page-'));

/** Starts the browser; as root it has no sandbox of its own. */
export async function startBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }), args });
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

/** Proves by axe that people who hear, type or see little can use what is shown, light and dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Through the debugger, since the policy of the page lets no script in.
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      "axe.run(document, { resultTypes: ['violations'] })",
    );
    const found = violations.map(
      ({ id, nodes }) => `${id} (${colorScheme}): ${nodes.map(({ html }) => html).join(' ')}`,
    );
    expect(found).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Takes a picture, light and dark. */
export async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
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
