/** A till in a browser as a cashier uses it, and what the browser had to complain of meanwhile. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { TestEdge } from '../system/constellation.ts';
import { arrived, findMisfits, reportRefusals, typeAtOnce } from './in-page.ts';

/** Conditions are waited for; this only ends a test that will never pass. */
const GENEROUS_MS = 25_000;
/** What Chromium writes of a request that an edge refuses or does not answer: the till is made for these. */
const REFUSED = /^Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_)/;

export type TillPage = {
  page: Page;
  /** Errors of scripts, of the content security policy, and requests to other origins; a test wants none. */
  complaints: string[];
  close(): Promise<void>;
};

/** Opens a till that is not paired yet; with `code` the address pairs it. */
export async function openTill(
  browser: Browser,
  edge: TestEdge,
  options: BrowserContextOptions & { code?: string } = {},
): Promise<TillPage> {
  const { code, ...rest } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Stockholm',
    reducedMotion: 'reduce',
    ...rest,
  });
  context.setDefaultTimeout(GENEROUS_MS);
  const page = await context.newPage();
  const { origin } = new URL(edge.running.url);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const serious = message.type() === 'error' || message.type() === 'warning';
    if (serious && !REFUSED.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) complaints.push(`request to ${url.origin}`);
  });
  // Workers and styles are refused without a word on the console in some versions: the event is always there.
  await page.addInitScript(reportRefusals);
  await page.goto(code === undefined ? edge.running.url : `${edge.running.url}/#pair=${code}`);
  return { page, complaints, close: () => context.close() };
}

/** Somebody of the demonstration store who can sign in. */
export type Person = { name: string; pin: string };

/** A cashier, and a manager. */
export const ASTRID: Person = { name: 'Astrid', pin: '1234' };
export const MAJA: Person = { name: 'Maja', pin: '9876' };

/** A till with somebody signed in, Astrid unless it is said, past the first help. */
export async function openSelling(
  browser: Browser,
  edge: TestEdge,
  options: BrowserContextOptions & { person?: Person } = {},
): Promise<TillPage> {
  const { person = ASTRID, ...rest } = options;
  const { pairing_code: code } = await edge.client.createPairingCode();
  const till = await openTill(browser, edge, { ...rest, code });
  await signIn(till.page, person);
  await button(till.page, 'Start selling').click();
  await article(till.page, 'Espresso').waitFor();
  return till;
}

/** Signs somebody in, by keyboard: the pad takes digits wherever the focus is. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await button(page, new RegExp(person.name)).click();
  await typePin(page, person);
}

/** Types the PIN where the pad of that person stands. */
export async function typePin(page: Page, { name, pin }: Person): Promise<void> {
  await page.getByRole('heading', { name: `PIN of ${name}` }).waitFor();
  for (const digit of pin) await page.keyboard.press(digit);
  await page.keyboard.press('Enter');
}

/** The button of that name within the scope. */
export function button(scope: Page | Locator, name: string | RegExp): Locator {
  return scope.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) });
}

/** An article's tile on the shelf. */
export function article(page: Page, name: string): Locator {
  return page.getByRole('region', { name: 'Articles' }).getByRole('button', { name: new RegExp(name) });
}

/** The strip, once its tone is `tone`. */
export async function strip(page: Page, tone: 'calm' | 'waiting' | 'act'): Promise<Locator> {
  const region = page.locator(`section[aria-label="Connection"][data-tone="${tone}"]`);
  await region.waitFor();
  return region;
}

/** Waits until the strip says that `count` sales wait. */
export async function untilWaiting(page: Page, count: number): Promise<void> {
  await page.locator(`[data-waiting="${count}"]`).waitFor();
}

/** Starts or ends the drill by its button and its dialogue. */
export async function switchDrill(page: Page, to: 'on' | 'off'): Promise<void> {
  await button(page, `Drill: ${to === 'on' ? 'Off' : 'On'}`).click();
  await button(page, to === 'on' ? 'Start the drill' : 'End the drill').click();
  await button(page, `Drill: ${to === 'on' ? 'On' : 'Off'}`).waitFor();
}

/** Sells one piece for the exact sum and goes back to the shelf. */
export async function sellOne(page: Page, name: string): Promise<void> {
  await article(page, name).click();
  await button(page, 'Pay').click();
  await button(page, /^Take/).click();
  await button(page, 'New sale').click();
}

/** A barcode scanner, which ends with Enter. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.evaluate(typeAtOnce, [...code, 'Enter']);
}

/** What axe finds wrong with the page as it stands: every rule by day, and the contrast again by night. */
export async function axeFindings(page: Page): Promise<string[]> {
  const findings: string[] = [];
  await page.evaluate(arrived);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Without frames there is nothing to gather from elsewhere, which is what the other mode opens a page for.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    if (colorScheme === 'dark') axe.withRules('color-contrast');
    const { violations } = await axe.analyze();
    for (const { id, nodes } of violations)
      findings.push(`${colorScheme} ${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }
  return findings;
}

/** What does not fit the page as it stands. */
export async function misfits(page: Page): Promise<string[]> {
  await page.evaluate(arrived);
  return await page.evaluate(findMisfits);
}
