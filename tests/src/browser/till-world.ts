/** What a suite of the till's pages works in: the till as it is built, a hub with its edges, and one browser. */
import { rmSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Constellation, startConstellation, type TestEdge } from '../system/constellation.ts';
import { buildTill } from './built-till.ts';
import { startBrowser, type TestBrowser } from './chromium.ts';
import type { TillPage } from './till-page.ts';

/** A phone held upright. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** A browser, a database and an edge share what a loaded machine has left. */
export const PATIENCE = { testTimeout: 60_000, hookTimeout: 120_000 };

export type TillWorld = {
  browser: TestBrowser['browser'];
  /** The hub, and what can happen to it. */
  system: Constellation;
  /** An edge that serves the till, with these flags besides. */
  addEdge(flags?: Record<string, string>): Promise<TestEdge>;
  /** Ends everything, and removes what was built. */
  close(): Promise<void>;
};

/** Builds the till and starts the rest meanwhile. */
export async function startTillWorld(): Promise<TillWorld> {
  const [folder, system, chromium] = await Promise.all([buildTill(), startConstellation(), startBrowser()]);
  return {
    browser: chromium.browser,
    system,
    addEdge: (flags) => system.addEdge({ flags: { '--till-folder': folder, ...flags } }),
    async close() {
      await chromium.close();
      await system.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Runs a test on a page of its own, and wants no complaint of the browser at its end. */
export async function onPage(opened: Promise<TillPage>, test: (page: Page) => Promise<void>): Promise<void> {
  const till = await opened;
  try {
    await test(till.page);
    expect(till.complaints).toEqual([]);
  } finally {
    await till.close();
  }
}
