/** The page of workflows in a real browser: what a manager sees and does, on files dropped into a running edge. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestEdge, until } from '../system/constellation.ts';
import { axeFindings, button, MAJA, misfits, openSelling, openTill, type TillPage } from './till-page.ts';
import { onPage, PATIENCE, PHONE, startTillWorld, type TillWorld } from './till-world.ts';
import { dropDefinitions, startCheck, startFailing, startSamples } from './workflow-samples.ts';

vi.setConfig(PATIENCE);

let workflowFolder: string;
let world: TillWorld;
let edge: TestEdge;
/** Takes calls and answers none. */
let silent: Server;

beforeAll(async () => {
  workflowFolder = mkdtempSync(join(tmpdir(), 'holdfast-workflow-page-'));
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const host = `127.0.0.1:${address !== null && typeof address !== 'string' ? address.port : 0}`;
  world = await startTillWorld();
  edge = await world.addEdge({ '--workflow-folder': workflowFolder, '--workflow-http-hosts': host });
  await until('people have arrived', async () => (await edge.client.status()).feed.staff > 0);
  await dropDefinitions(edge, { folder: workflowFolder, host });
  await startSamples(edge);
});
afterAll(async () => {
  await world.close();
  silent.close();
  rmSync(workflowFolder, { recursive: true });
});

/** The page of workflows, as the manager Maja comes to it. */
async function atWorkflows(options: BrowserContextOptions = {}): Promise<TillPage> {
  const till = await openSelling(world.browser, edge, { ...options, person: MAJA });
  await button(till.page, 'Menu: Maja').click();
  await till.page.getByRole('menuitem', { name: 'Workflows' }).click();
  await row(till.page, 'order-1042').waitFor();
  return till;
}

const row = (page: Page, key: string) =>
  page.getByRole('list', { name: 'Workflows' }).getByRole('button', { name: new RegExp(`\\b${key}\\b`) });
const status = (page: Page, name: string) => page.locator(`header [data-status="${name}"]`);

describe('the way there', () => {
  it('is open to managers, and not to cashiers', () =>
    onPage(openSelling(world.browser, edge), async (page) => {
      await button(page, 'Menu: Astrid').click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
      expect(await page.getByRole('menuitem', { name: 'Workflows' }).count()).toBe(0);
    }));

  it('is open to whoever holds the API token, by address and by form, without a till', async () => {
    const { apiToken, url } = edge.running;
    await onPage(openTill(world.browser, edge), async (page) => {
      await button(page, 'Look after workflows instead').click();
      await page.getByLabel('API token').fill('wrong');
      await button(page, 'Open').click();
      await page.getByRole('alert').getByText('That token is not the one of this edge').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.getByLabel('API token').fill(apiToken);
      await button(page, 'Open').click();
      await row(page, 'order-1042').waitFor();
      await button(page, 'Close').click();
      await page.getByLabel('Pairing code').waitFor();
      await page.goto(`${url}/?lang=en#token=${apiToken}`);
      await row(page, 'order-1042').click();
      await status(page, 'failed').waitFor();
      expect(new URL(page.url()).hash).toBe('');
    });
  });
});

describe('a workflow', () => {
  it('that waits for a manager is answered with the form of its signal', () =>
    onPage(atWorkflows(), async (page) => {
      const id = await startCheck(edge, 'table-21', '21');
      await row(page, 'table-21').click();
      await page.getByText('Table 21: a discount of 25.00. Agreed?').waitFor();
      await button(page, 'Send answer').click();
      await page.getByRole('alert').getByText('This is needed.').waitFor();
      await button(page, 'Yes').click();
      await page.getByLabel('Note (optional)').fill('A regular guest');
      await button(page, 'Send answer').click();
      await status(page, 'completed').waitFor();
      await page.getByRole('region', { name: 'Timeline' }).getByText('Maja').waitFor();
      const { state, timeline } = await edge.client.workflows.show(id);
      expect(state).toMatchObject({ agreed: true, note: 'A regular guest' });
      expect(timeline).toContainEqual(expect.objectContaining({ what: 'signal', by: 'staff:maja' }));
    }));

  it('that failed says why in words, and is tried again with a reason', () =>
    onPage(atWorkflows(), async (page) => {
      const id = await startFailing(edge, 'order-77');
      await row(page, 'order-77').click();
      await page.getByRole('region', { name: 'What went wrong' }).getByText('no printer').waitFor();
      await page.getByText('3 tries').waitFor();
      await button(page, 'Try again').click();
      const sheet = page.getByRole('dialog', { name: 'Try again?' });
      expect(await button(sheet, 'Try again').isDisabled()).toBe(true);
      await page.keyboard.type('There is a printer now');
      await page.keyboard.press('Enter');
      await sheet.waitFor({ state: 'detached' });
      await page.getByText('There is a printer now').waitFor();
      const { timeline } = await edge.client.workflows.show(id);
      expect(timeline).toContainEqual(expect.objectContaining({ what: 'redrive', by: 'staff:maja' }));
    }));

  it('of which nobody knows the outcome is skipped, one that waits paused, resumed and cancelled', () =>
    onPage(atWorkflows(), async (page) => {
      await row(page, 'rate-3').click();
      await page.getByText('Nobody knows whether the last call happened').waitFor();
      await button(page, 'Skip step').click();
      await page.getByLabel('Why, for the timeline').fill('Asked the bank');
      await button(page, 'Skip the step').click();
      await status(page, 'completed').waitFor();
      await row(page, 'pickup-7').click();
      await status(page, 'waiting').waitFor();
      await button(page, 'Pause').click();
      await status(page, 'paused').waitFor();
      await button(page, 'Resume').click();
      await status(page, 'waiting').waitFor();
      await button(page, 'Cancel').click();
      await button(page, 'Keep it as it is').click();
      await button(page, 'Cancel').click();
      await page.getByLabel('Why, for the timeline').fill('Closing early');
      await button(page, 'Cancel the workflow').click();
      await status(page, 'cancelled').waitFor();
    }));

  it('is found by filter and by key, without a mouse', () =>
    onPage(atWorkflows(), async (page) => {
      const rows = page.locator('[data-row]');
      await button(page, /^Need you/).click();
      await row(page, 'order-1040').waitFor({ state: 'detached' });
      await row(page, 'order-1042').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('order-104');
      await button(page, /^All$/).click();
      await row(page, 'order-1040').waitFor();
      expect(await rows.count()).toBe(3);
      await rows.first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Timeline' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('Choose a workflow').waitFor();
      await page.getByLabel('Business key or id').fill('nothing-like-it');
      await page.getByText('Nothing fits').waitFor();
      await button(page, 'Show all').click();
      await row(page, 'table-12').waitFor();
      await page.getByRole('combobox', { name: 'Workflow' }).selectOption('Night');
      await row(page, 'table-12').waitFor({ state: 'detached' });
      expect(await rows.count()).toBe(1);
      await rows.first().focus();
      await page.keyboard.press('Escape');
      await button(page, 'Menu: Maja').waitFor();
    }));
});

describe('definitions', () => {
  it('are shown with versions, text and schedules; a file that was refused with its problems', () =>
    onPage(atWorkflows(), async (page) => {
      await button(page, 'Definitions').click();
      const refused = page.getByRole('region', { name: 'Files that were refused or have warnings' });
      await refused.getByText('Did you mean "edge.approve_offline"?').waitFor();
      await page.getByRole('region', { name: 'Schedules' }).getByText('every_night').waitFor();
      await button(page, /^RestaurantCheck/).click();
      await page.getByRole('region', { name: 'Versions' }).getByText('Current').waitFor();
      await page
        .getByText('A check at the table, with a discount that a manager agrees to', { exact: true })
        .waitFor();
      await page.getByText('on_timeout: Decline_Offline').waitFor();
    }));
});

/** Walks through the page and gathers what `look` finds in each state. */
async function walk(page: Page, look: (page: Page) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  const note = async (state: string) => {
    for (const finding of await look(page)) found.push(`${state}: ${finding}`);
  };
  const back = async () => {
    const button = page.getByRole('button', { name: 'Back', exact: true });
    if (await button.isVisible()) await button.click();
  };
  await note('list');
  for (const [key, heading] of [
    ['table-12', 'Where it stands'],
    ['order-1042', 'What went wrong'],
    ['order-1040', 'Timeline'],
    ['pickup-8', 'Where it stands'],
    ['pickup-6', 'Timeline'],
  ] as const) {
    await row(page, key).click();
    await page.getByRole('region', { name: heading }).waitFor();
    await page.locator('summary').click();
    await note(key);
    await back();
  }
  await row(page, 'order-1042').click();
  await button(page, 'Try again').click();
  await page.getByRole('dialog').waitFor();
  await note('confirmation');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await back();
  await page.getByLabel('Business key or id').fill('nothing-like-it');
  await page.getByText('Nothing fits').waitFor();
  await note('nothing found');
  await button(page, 'Show all').click();
  await button(page, 'Definitions').click();
  await page.getByRole('region', { name: 'Schedules' }).waitFor();
  await note('definitions');
  await button(page, /^RestaurantCheck/).click();
  await page.getByRole('region', { name: 'Versions' }).waitFor();
  await note('one definition');
  return found;
}

describe('every state of the page', () => {
  it('is accessible, by day and by night', () =>
    onPage(atWorkflows(), async (page) => {
      expect(await walk(page, axeFindings)).toEqual([]);
    }));

  it('fits a phone, with targets a finger can hit', () =>
    onPage(atWorkflows(PHONE), async (page) => {
      expect(await walk(page, misfits)).toEqual([]);
    }));

  it('stays, and says how old it is, while the edge does not answer', () =>
    onPage(atWorkflows(), async (page) => {
      await row(page, 'table-12').click();
      await page.getByRole('region', { name: 'Where it stands' }).waitFor();
      const { port } = edge.running;
      await edge.close();
      await page.getByText('the edge does not answer').waitFor();
      await page.getByText('Table 12: a discount of 25.00. Agreed?').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await edge.restart({ '--port': String(port) });
      await page.getByText('the edge does not answer').waitFor({ state: 'detached' });
    }));
});
