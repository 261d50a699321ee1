/** The till in a real browser, on a real edge with a real hub: what a cashier sees, from the pairing to the outage. */
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ledgerOf, type TestEdge, until, untilSynced } from '../system/constellation.ts';
import { isDrawn } from './in-page.ts';
import {
  ASTRID,
  article,
  axeFindings,
  button,
  misfits,
  openSelling,
  openTill,
  scan,
  sellOne,
  signIn,
  strip,
  switchDrill,
  type TillPage,
  typePin,
  untilWaiting,
} from './till-page.ts';
import { onPage, PATIENCE, PHONE, startTillWorld, type TillWorld } from './till-world.ts';

vi.setConfig(PATIENCE);

let world: TillWorld;
let edge: TestEdge;

beforeAll(async () => {
  world = await startTillWorld();
  edge = await world.addEdge();
});
afterAll(async () => {
  await world.close();
});

const selling = (options?: BrowserContextOptions) => openSelling(world.browser, edge, options);

async function pairedTill(): Promise<TillPage> {
  const { pairing_code: code } = await edge.client.createPairingCode();
  return await openTill(world.browser, edge, { code });
}

describe('the way in', () => {
  it('asks for a code, and refuses a wrong one', () =>
    onPage(openTill(world.browser, edge), async (page) => {
      await page.getByLabel('Pairing code').fill('ABCD-EFGH');
      await button(page, 'Pair').click();
      await page.getByRole('alert').getByText('That code is wrong, used or expired').waitFor();
    }));

  it('pairs by the address, leaves no code in it, refuses a wrong PIN, and lets in and out', () =>
    onPage(pairedTill(), async (page) => {
      await signIn(page, { ...ASTRID, pin: '1111' });
      await page.getByText('That PIN is not right. 4 tries left.').waitFor();
      expect(new URL(page.url()).hash).toBe('');
      await typePin(page, ASTRID);
      await button(page, 'Start selling').click();
      await button(page, 'Menu: Astrid').click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Who is selling?' }).waitFor();
    }));
});

describe('a sale', () => {
  it('is tapped together, paid in cash, and arrives in the ledger while one looks', () =>
    onPage(selling(), async (page) => {
      await strip(page, 'calm');
      await article(page, 'Kanelbulle').click();
      await article(page, 'Räksmörgås').click();
      const cart = page.getByRole('complementary', { name: 'Cart' });
      await button(cart, 'One more Kanelbulle').click();
      await cart.getByText('221.00').waitFor();
      await cart.getByLabel('Note or customer reference').fill('Table 4');
      await button(cart, 'Pay').click();
      const sheet = page.getByRole('dialog');
      await button(sheet, /^500/).click();
      await sheet.getByText('279.00').waitFor();
      await button(sheet, /^Take 500/).click();
      await sheet.getByRole('status').filter({ hasText: 'In the ledger' }).waitFor();
      const [sale] = (await edge.client.transactions({ limit: 1 })).transactions;
      expect(sale).toMatchObject({ amount_total: '221.00', customer_reference: 'Table 4' });
      await sheet.getByRole('heading', { name: `Sale ${sale?.receipt_code} is saved` }).waitFor();
      const receipt = sheet.getByRole('img', { name: /Räksmörgås/ });
      expect(await receipt.getAttribute('src')).toContain(String(sale?.receipt_code));
      expect(await receipt.evaluate(isDrawn)).toBe(true);
      await sheet.getByText('279.00').waitFor();
      await button(sheet, 'New sale').click();
      await page.getByText('The cart is empty').waitFor();
    }));

  it('needs no mouse', () =>
    onPage(pairedTill(), async (page) => {
      const { keyboard } = page;
      await button(page, /Astrid/).waitFor();
      await keyboard.press('Enter');
      await typePin(page, ASTRID);
      await button(page, 'Start selling').waitFor();
      await keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await article(page, 'Cortado').waitFor();
      await keyboard.press('/');
      await keyboard.type('cort');
      await keyboard.press('Enter');
      await button(page, 'Remove Cortado').waitFor();
      await keyboard.press('Escape');
      await keyboard.press('Enter');
      await button(page, /^Take 42/).waitFor();
      await keyboard.type('50');
      await button(page, /^Take 50/).waitFor();
      await keyboard.press('Enter');
      await button(page, 'New sale').waitFor();
      await page.getByRole('dialog').getByText('8.00').waitFor();
      await keyboard.press('Enter');
      await page.getByText('The cart is empty').waitFor();
    }));

  it('is scanned, even into the search; an unknown code is said', () =>
    onPage(selling(), async (page) => {
      await scan(page, '7310070001233');
      await button(page, 'Remove Rabarberlemonad').waitFor();
      await page.keyboard.press('/');
      await scan(page, '7310070001240');
      await button(page, 'Remove Mineral water').waitFor();
      await scan(page, '4006381333931');
      await page.getByText('No article has the code 4006381333931.').waitFor();
    }));

  it('and its cart live through a reload', () =>
    onPage(selling(), async (page) => {
      await article(page, 'Croissant').click();
      await button(page, 'One more Croissant').click();
      await page.reload();
      await button(page, 'One Croissant less').waitFor();
      await button(page, 'Pay').click();
      await button(page, /^Take 72/).waitFor();
    }));

  it('of which only the line is left here says where the rest is, and offers no receipt', async () => {
    const old = await world.addEdge();
    await onPage(openSelling(world.browser, old), async (page) => {
      await sellOne(page, 'Chokladboll');
      await untilSafe(old);
      const { lanes, incarnation } = await old.client.status();
      const includes = lanes.map(({ lane, tip_seq: seq }) => ({ incarnation, lane, seq }));
      await old.running.context.writer.submit({
        type: 'prune',
        includes,
        before_ms: Number.MAX_SAFE_INTEGER,
      });
      const [sale] = (await old.client.transactions({ limit: 1 })).transactions;
      expect(sale?.pruned).toBe(true);
      await button(page, 'Sales').click();
      const drawer = page.getByRole('dialog', { name: "Today's sales" });
      await button(drawer, new RegExp(`Sale ${sale?.receipt_code}`)).click();
      await page.getByText('Details of this sale are kept at the hub now.').waitFor();
      expect(await button(page, 'Print receipt').count()).toBe(0);
      expect(await axeFindings(page)).toEqual([]);
    });
  });
});

describe('an outage', () => {
  it('by drill: the strip is calm amber, sales wait, and go up by themselves when it ends', () =>
    onPage(selling(), async (page) => {
      await switchDrill(page, 'on');
      await (await strip(page, 'waiting')).getByText('Drill: offline').waitFor();
      await sellOne(page, 'Chokladboll');
      await untilWaiting(page, 1);
      await button(page, 'Sales').click();
      const drawer = page.getByRole('dialog', { name: "Today's sales" });
      const row = drawer.getByRole('listitem').filter({ hasText: 'Chokladboll' });
      await row.locator('[data-state="waiting"]').waitFor();
      await page.keyboard.press('Escape');
      await switchDrill(page, 'off');
      await button(page, 'Sales').click();
      await row.locator('[data-state="arrived"]').waitFor();
      await strip(page, 'calm');
      await untilWaiting(page, 0);
    }));

  it('of the hub: it is said, selling goes on, and what waited arrives when the hub is back', () =>
    onPage(selling(), async (page) => {
      await strip(page, 'calm');
      await world.system.hub.close();
      await sellOne(page, 'Halloumi salad');
      await (await strip(page, 'waiting')).getByText('Offline').waitFor();
      await untilWaiting(page, 1);
      await world.system.restartHub();
      await strip(page, 'calm');
      await untilWaiting(page, 0);
      await untilSynced(edge);
      const rows = await ledgerOf(world.system.operator);
      expect(rows.filter((row) => row.amount_total === '119.00').length).toBe(1);
    }));

  it('of the edge: the till says that it cannot sell, keeps the cart, and goes on by itself', () =>
    onPage(selling(), async (page) => {
      await article(page, 'Ostfralla').click();
      const { port } = edge.running;
      await edge.close();
      await (await strip(page, 'act')).getByText('This till cannot reach its edge').waitFor();
      expect(await button(page, 'Pay').isDisabled()).toBe(true);
      await edge.restart({ '--port': String(port) });
      await strip(page, 'calm');
      await button(page, 'Pay').click();
      await button(page, /^Take 48/).click();
      await button(page, 'New sale').click();
    }));
});

async function untilSafe(at: TestEdge): Promise<void> {
  await until('every sale is safe', async () =>
    (await at.client.status()).lanes.every((lane) => lane.safe_seq === lane.tip_seq),
  );
}

/** Walks through the till, a drill included, and gathers what `look` finds in each state. */
async function walk(page: Page, look: (page: Page) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  const note = async (state: string) => {
    for (const finding of await look(page)) found.push(`${state}: ${finding}`);
  };
  const dialog = page.getByRole('dialog').last();
  const noteDialog = async (state: string, opener: Locator) => {
    await opener.click();
    await dialog.waitFor();
    await note(state);
    await page.keyboard.press('Escape');
  };
  await note('empty cart');
  await article(page, 'Kardemummabulle').click();
  await article(page, 'Prinsesstårta').click();
  await note('cart');
  await noteCart(page, note);
  await noteDialog('custom article', button(page, 'Custom article'));
  await noteDialog('drill', button(page, 'Drill: Off'));
  await switchDrill(page, 'on');
  await strip(page, 'waiting');
  await noteDialog('link', button(page, /^Connection/));
  await button(page, 'Menu: Astrid').click();
  await page.getByRole('menu').waitFor();
  await note('menu');
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await button(page, 'Pay').click();
  await note('payment');
  await button(page, /^Take/).click();
  await page.getByRole('img', { name: /Prinsesstårta/ }).waitFor();
  await note('receipt');
  await button(page, 'New sale').click();
  await button(page, 'Sales').click();
  await button(dialog, /Prinsesstårta/)
    .first()
    .waitFor();
  await note('sales');
  await button(dialog, /Prinsesstårta/)
    .first()
    .click();
  await page.getByRole('img', { name: /Prinsesstårta/ }).waitFor();
  await note('one sale');
  await page.keyboard.press('Escape');
  await page.getByLabel('Search or scan').fill('zzz');
  await page.getByText('Nothing is called').waitFor();
  await note('nothing found');
  await switchDrill(page, 'off');
  return found;
}

/** A price and, on a phone, the cart itself float. */
async function noteCart(page: Page, note: (state: string) => Promise<void>): Promise<void> {
  const opener = button(page, /^Cart/);
  const floats = await opener.isVisible();
  if (floats) {
    await opener.click();
    await button(page, 'Remove Prinsesstårta').waitFor();
    await note('floating cart');
  }
  await button(page, /^Prinsesstårta.*Change price/).click();
  await page.getByLabel('New price').waitFor();
  await note('price');
  await page.keyboard.press('Escape');
  await page.getByLabel('New price').waitFor({ state: 'detached' });
  if (floats) await page.keyboard.press('Escape');
}

describe('every screen', () => {
  it('is accessible, by day and by night', () =>
    onPage(selling(), async (page) => {
      expect(await walk(page, axeFindings)).toEqual([]);
    }));

  it('fits a phone, with targets a finger can hit', () =>
    onPage(selling(PHONE), async (page) => {
      expect(await walk(page, misfits)).toEqual([]);
    }));

  it('of the way in is accessible as well, and so is an edge that is gone', () =>
    onPage(openTill(world.browser, edge), async (page) => {
      await page.getByLabel('Pairing code').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      const { pairing_code: code } = await edge.client.createPairingCode();
      await page.getByLabel('Pairing code').fill(code);
      await button(page, 'Pair').click();
      await button(page, /Astrid/).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await signIn(page, { ...ASTRID, pin: '1111' });
      await page.getByText('That PIN is not right').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await typePin(page, ASTRID);
      await button(page, 'Start selling').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await button(page, 'Start selling').click();
      const { port } = edge.running;
      await edge.close();
      await strip(page, 'act');
      expect(await axeFindings(page)).toEqual([]);
      await edge.restart({ '--port': String(port) });
      await strip(page, 'calm');
    }));
});
