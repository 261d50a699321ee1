/** One Chromium for a suite, from npm alone: no browser of the machine's, a profile of its own, and no calls home. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** `--no-sandbox` because suites run as root as well, where Chromium has no sandbox to offer. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type TestBrowser = {
  browser: Browser;
  /** Ends the browser and removes what it wrote. */
  close(): Promise<void>;
};

/** Starts it; each context of it is a till of its own. Its environment is the same on every machine. */
export async function startBrowser(): Promise<TestBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'));
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ARGS,
    env: { LANG: 'en_US.UTF-8', HOME: home },
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
