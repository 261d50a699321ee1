/** The page of devices in a real browser: a person pays with a simulated card, and has the troubles of a till. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestEdge, until } from '../system/constellation.ts';
import { isFocused } from './in-page.ts';
import {
  ASTRID,
  axeFindings,
  button,
  MAJA,
  misfits,
  openSelling,
  openTill,
  type Person,
  type TillPage,
} from './till-page.ts';
import { onPage, PATIENCE, PHONE, startTillWorld, type TillWorld } from './till-world.ts';

vi.setConfig(PATIENCE);

const EXAMPLES = fileURLToPath(new URL('../../../examples/workflows', import.meta.url));
const COFFEE = { workflow_type: 'CoffeePurchase', input: { amount: '20.00', currency: 'SEK' } };

let workflowFolder: string;
let world: TillWorld;
let edge: TestEdge;

beforeAll(async () => {
  workflowFolder = mkdtempSync(join(tmpdir(), 'holdfast-devices-page-'));
  copyFileSync(join(EXAMPLES, 'coffee-purchase.yaml'), join(workflowFolder, 'coffee-purchase.yaml'));
  world = await startTillWorld();
  edge = await world.addEdge({ '--workflow-folder': workflowFolder, '--hardware-simulated': 'true' });
  await until('people have arrived', async () => (await edge.client.status()).feed.staff > 0);
  await until('the definition is loaded', async () => {
    const { definitions } = await edge.client.workflows.definitions();
    return definitions.length === 1;
  });
});
afterAll(async () => {
  await world.close();
  rmSync(workflowFolder, { recursive: true });
});

/** A till with its menu open. */
async function atMenu(person: Person, options: BrowserContextOptions = {}): Promise<TillPage> {
  const till = await openSelling(world.browser, edge, { ...options, person });
  await button(till.page, `Menu: ${person.name}`).click();
  return till;
}

/** The page of devices, as the manager Maja comes to it. */
async function atDevices(options: BrowserContextOptions = {}): Promise<TillPage> {
  const till = await atMenu(MAJA, options);
  await till.page.getByRole('menuitem', { name: 'Devices' }).click();
  await device(till.page, 'Card reader').waitFor();
  return till;
}

const device = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const card = (page: Page, name: RegExp): Locator => device(page, 'Card reader').getByRole('radio', { name });
const paper = (page: Page): Locator => device(page, 'Receipt printer').getByRole('region', { name: 'Paper' });
const stateOf = (page: Page, name: string, state: string): Promise<void> =>
  page.locator(`section[aria-label="${name}"][data-state="${state}"]`).waitFor();

describe('a person', () => {
  it('pays with a card and its PIN, and the receipt comes out of the printer', () =>
    onPage(atDevices(), async (page) => {
      const reader = device(page, 'Card reader');
      await card(page, /^Visa.*enciphered offline PIN 2468/).check();
      const { instance_id } = await edge.client.workflows.start(COFFEE);
      await reader.getByText('Waits for a card: insert · tap · swipe').waitFor();
      await device(page, 'Customer display').getByText('20.00').waitFor();
      await button(reader, 'Insert').click();
      const pad = device(page, 'PIN pad');
      await pad.getByText('Enter the PIN').waitFor();
      await page.locator('body').press('2');
      for (const digit of ['4', '6', '8']) await button(pad, digit).click();
      await pad.getByText('4 digits').waitFor();
      await button(pad, 'OK').click();
      await paper(page).getByText('PIN verified').waitFor();
      await paper(page).getByText('SEK 20.00').waitFor();
      await until('the coffee is paid', async () => {
        const { status } = await edge.client.workflows.show(instance_id);
        return status === 'completed';
      });
      await button(reader, 'Pull out').click();
      await button(reader, 'Insert').waitFor();
      await button(device(page, 'Receipt printer'), 'Tear off').click();
      await paper(page).getByText('No paper hangs out').waitFor();
    }));

  it('cancels at the PIN pad, and nothing is paid', () =>
    onPage(atDevices(), async (page) => {
      const reader = device(page, 'Card reader');
      await reader.getByLabel('Find a card').fill('never used');
      await card(page, /^Visa.*never used/).check();
      const { instance_id } = await edge.client.workflows.start(COFFEE);
      await reader.getByText(/^Waits for a card/).waitFor();
      await button(reader, 'Insert').click();
      await device(page, 'PIN pad').getByText('Enter the PIN').waitFor();
      await button(device(page, 'PIN pad'), 'Cancel').click();
      await until('the payment has failed', async () => {
        const { status } = await edge.client.workflows.show(instance_id);
        return status === 'failed';
      });
      await button(reader, 'Pull out').click();
    }));

  it('pays without a mouse, and the keyboard stays where it was', () =>
    onPage(atDevices(), async (page) => {
      const reader = device(page, 'Card reader');
      await reader.getByLabel('Find a card').focus();
      await page.keyboard.type('visa');
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      const first = card(page, /^Visa/).first();
      expect(await first.evaluate(isFocused)).toBe(true);
      expect(await first.isChecked()).toBe(true);
      await edge.client.workflows.start(COFFEE);
      await reader.getByText(/^Waits for a card/).waitFor();
      await button(reader, 'Insert').press('Enter');
      await button(reader, 'Pull out').waitFor();
      expect(await button(reader, 'Pull out').evaluate(isFocused)).toBe(true);
      await device(page, 'PIN pad').getByText('Enter the PIN').waitFor();
      await page.keyboard.type('1234');
      // The focus is on the button that takes the card out: Enter ends the PIN all the same.
      await page.keyboard.press('Enter');
      await paper(page).getByText('PIN verified').waitFor();
      await button(reader, 'Pull out').press('Enter');
      await button(reader, 'Insert').waitFor();
      await button(device(page, 'Receipt printer'), 'Tear off').press('Enter');
    }));

  it('who does what cannot be done is told why', () =>
    onPage(atDevices(), async (page) => {
      const reader = device(page, 'Card reader');
      await button(reader, 'Swipe').click();
      await reader.getByText('The reader does not wait for a stripe now.').waitFor();
      await device(page, 'Barcode scanner').getByLabel('Code', { exact: true }).fill('7310865004703');
      await button(device(page, 'Barcode scanner'), 'Scan').click();
      await device(page, 'Barcode scanner').getByText('Last: 7310865004703').waitFor();
      await device(page, 'Barcode scanner').getByText('Nobody listens to the scanner now.').waitFor();
    }));

  it('has a printer without paper, a drawer that is open, a weight, and a cassette that runs out', () =>
    onPage(atDevices(), async (page) => {
      const printer = device(page, 'Receipt printer');
      await button(printer, 'Let the paper end').click();
      await stateOf(page, 'Receipt printer', 'attention');
      await button(printer, 'New roll').click();
      await stateOf(page, 'Receipt printer', 'ready');
      const drawer = device(page, 'Cash drawer');
      await button(drawer, 'Open with the key').click();
      await button(drawer, 'Push it shut').click();
      await drawer.getByText('Shut', { exact: true }).waitFor();
      const scale = device(page, 'Scale');
      await scale.getByLabel('Grams on it').fill('335');
      await page.keyboard.press('Enter');
      await scale.getByText('335 g').waitFor();
      const dispenser = device(page, 'Cash dispenser');
      await button(dispenser, 'Leave 1: Cassette 2').click();
      await dispenser.getByText('1 note · counted 500').waitFor();
      await button(dispenser, 'Fill: Cassette 2').click();
      await dispenser.getByText('1 note · counted 500').waitFor({ state: 'detached' });
    }));

  it('finds everything else under more, as a form', () =>
    onPage(atDevices(), async (page) => {
      const display = device(page, 'Customer display');
      await display.locator('summary').click();
      await display.getByLabel('Plugged in').selectOption('false');
      await button(display, 'Do it').click();
      await stateOf(page, 'Customer display', 'gone');
      await display.getByLabel('Plugged in').selectOption('true');
      await button(display, 'Do it').click();
      await stateOf(page, 'Customer display', 'ready');
    }));
});

describe('the way there', () => {
  it('is for managers, from the menu and from the workflows, and Esc leads back', () =>
    onPage(atDevices(), async (page) => {
      await button(page, 'Workflows').click();
      await button(page, 'Devices').click();
      await device(page, 'Card reader').waitFor();
      await page.keyboard.press('Escape');
      await button(page, 'Menu: Maja').waitFor();
    }));

  it('is not there for a cashier', () =>
    onPage(atMenu(ASTRID), async (page) => {
      await page.getByRole('menuitem', { name: 'Three things to try' }).waitFor();
      expect(await page.getByRole('menuitem', { name: 'Devices' }).count()).toBe(0);
    }));

  it('ends at a few words where the devices are real', async () => {
    const real = await world.addEdge();
    const till = openTill(world.browser, real);
    await onPage(till, async (page) => {
      await page.goto(`${real.running.url}/?lang=en#token=${real.running.apiToken}`);
      await button(page, 'Devices').click();
      await page.getByText('This edge has no simulated devices').waitFor();
      expect(await axeFindings(page)).toEqual([]);
    });
  });
});

describe('every state of the page', () => {
  it('is accessible, by day and by night', () =>
    onPage(atDevices(), async (page) => {
      expect(await axeFindings(page)).toEqual([]);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await axeFindings(page)).toEqual([]);
    }));

  it('fits a phone, with targets a finger can hit', () =>
    onPage(atDevices(PHONE), async (page) => {
      expect(await misfits(page)).toEqual([]);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await misfits(page)).toEqual([]);
    }));

  it.each([
    ['de', 'Geräte'],
    ['sv', 'Enheter'],
  ])('fits a phone in %s as well', (lang, name) =>
    onPage(openTill(world.browser, edge, PHONE), async (page) => {
      await page.goto(`${edge.running.url}/?lang=${lang}#token=${edge.running.apiToken}`);
      await button(page, name).click();
      await page.locator('[data-device="cash_dispenser"]').waitFor();
      expect(await misfits(page)).toEqual([]);
    }),
  );

  it('stays, and says how old it is, while the edge does not answer', () =>
    onPage(atDevices(), async (page) => {
      const { port } = edge.running;
      await edge.close();
      await page.getByText('the edge does not answer').waitFor();
      await device(page, 'Card reader').waitFor();
      await edge.restart({ '--port': String(port) });
      await page.getByText('the edge does not answer').waitFor({ state: 'detached' });
    }));
});
