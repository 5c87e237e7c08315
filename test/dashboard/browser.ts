import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';
import { peerProgram } from '../support/peers.ts';

export type Theme = 'light' | 'dark';
export interface Look {
  readonly theme: Theme;
  readonly width: number;
}
/** Every page is looked at in both themes, on a telephone and on a desk. */
export const looks: readonly Look[] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 360 },
  { theme: 'dark', width: 360 },
];

/** Debian's Chromium; call `requirePeer(t, 'chromium')` before. Without its own sandbox, which root cannot have. */
export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: peerProgram('chromium'),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--lang=en-GB'],
  });
  t.teardown(() => browser.close());
  return browser;
}

export interface PageOptions extends Partial<Look> {
  readonly url: string;
  /** For axe alone, which has to be put into the page. */
  readonly bypassCsp?: boolean;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}
export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts, complaints in the console (the security policy's among them), requests to other hosts. */
  readonly complaints: readonly string[];
}

/** A page in a context of its own: cookies and storage are shared with none. */
export async function openPage(t: Test, browser: Browser, options: PageOptions): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.theme ?? 'light',
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    bypassCSP: options.bypassCsp ?? false,
    locale: 'en-GB',
  });
  t.teardown(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A refused call is told in the console too; whether it was meant to be refused is for the test to say.
    if (['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== new URL(options.url).origin)
      complaints.push(`asked elsewhere: ${origin}`);
  });
  await page.goto(options.url);
  return { page, complaints };
}

/** Through the form, as a person does. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Goes to a page by its address, as a link does, and waits for its heading. */
export async function goTo(page: Page, hash: string, heading: string | RegExp): Promise<void> {
  await page.evaluate((target) => {
    location.hash = target;
  }, hash);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing: WCAG 2.2 A and AA, and its best practices. The page was opened with `bypassCsp`. */
export async function checkAccessibility(t: Test, page: Page, name: string): Promise<void> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 300)} ${failureSummary ?? ''}`),
    }));
  });
  t.same(found, [], `axe finds nothing on ${name}`);
}

/** Nothing sticks out to the right: a page never scrolls sideways. */
export async function checkFits(t: Test, page: Page, name: string): Promise<void> {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  t.ok(over <= 0, `${name} is not wider than the window (${over})`);
}

/** A picture of the whole page, in the folder that SALLYPORT_TEST_PICTURES names, else in that of the test. */
export async function takePicture(t: Test, page: Page, name: string): Promise<void> {
  const folder = process.env.SALLYPORT_TEST_PICTURES ?? t.testdirName;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `dashboard-${name}.png`), fullPage: true });
}
