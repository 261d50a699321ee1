/** The till as the sources have it now, built into a folder of the suite's own: no other build is waited for. */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');

/** Builds it; the caller removes the folder. Fails with the words of the build. */
export async function buildTill(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-till-'));
  await promisify(execFile)(
    process.execPath,
    [VITE, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'],
    { cwd: join(ROOT, 'apps/till') },
  );
  return folder;
}
