/** A shell for tests, whose output is kept. */
import { systemPorts } from '@holdfast/base';
import { LinkError, type Transport } from '@holdfast/client';
import type { Paint, Shell } from './shell.ts';

const same = (text: string) => text;

/** No colours. */
export const plainPaint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** What a command printed, and its exit code. */
export type Spoken = { stdout: string; stderr: string; exitCode: number };

/** A shell in `cwd`; without a transport nothing answers. */
export function testShell(
  argv: readonly string[],
  { cwd, transport = nobody }: { cwd: string; transport?: Transport },
): { shell: Shell; spoken: Spoken } {
  const spoken: Spoken = { stdout: '', stderr: '', exitCode: 0 };
  const shell: Shell = {
    argv,
    env: {},
    cwd,
    ports: systemPorts,
    transport,
    paint: plainPaint,
    print(text) {
      spoken.stdout += `${text}\n`;
    },
    note(text) {
      spoken.stderr += `${text}\n`;
    },
    progress: () => ({ update() {}, end() {} }),
    setExitCode(code) {
      spoken.exitCode = code;
    },
  };
  return { shell, spoken };
}

const nobody: Transport = async ({ url }) => {
  throw new LinkError('refused', `Nothing listens at ${new URL(url).host}`);
};
