import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

/** A child whose `main` is the given body; `stderr` is complete when `ended` resolves. */
function start(body: string, ipc = false): { child: ChildProcess; stderr: () => string } {
  const script = `
    import { AppError } from '@holdfast/base';
    import { createLogger } from '${new URL('./logger.ts', import.meta.url).href}';
    import { runProcess } from '${new URL('./process.ts', import.meta.url).href}';
    const logger = createLogger({ level: 'silent', service: 'test' });
    const held = () => new Promise(() => setInterval(() => undefined, 1000));
    const until = (signal) => new Promise((resolve) => {
      const timer = setInterval(() => undefined, 1000);
      signal.addEventListener('abort', () => { clearInterval(timer); resolve(); });
    });
    await runProcess(async (signal) => { console.log('up'); ${body} }, { logger });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  return { child, stderr: () => text };
}

async function up(child: ChildProcess): Promise<void> {
  if (child.stdout !== null) await once(child.stdout, 'data');
}

async function ended(child: ChildProcess): Promise<number | null> {
  child.stdout?.resume();
  const told = child.stderr === null ? undefined : once(child.stderr, 'close');
  const [code] = await once(child, 'exit');
  await told;
  return code;
}

test('a signal aborts, and the process ends with 0', async () => {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    const { child } = start('await until(signal);');
    await up(child);
    child.kill(name);
    expect(await ended(child)).toBe(0);
  }
});

test('a second signal ends it at once', async () => {
  const { child } = start('await until(signal); console.log("more"); await held();');
  await up(child);
  child.kill('SIGTERM');
  await up(child);
  child.kill('SIGTERM');
  expect(await ended(child)).toBe(143);
});

test('the end of the parent aborts', async () => {
  const { child } = start('await until(signal);', true);
  await up(child);
  child.disconnect();
  expect(await ended(child)).toBe(0);
});

test('a child with a channel ends by itself', async () => {
  const { child } = start('', true);
  expect(await ended(child)).toBe(0);
});

test('an operating failure is one sentence and its action', async () => {
  const { child, stderr } = start("throw new AppError('port_in_use', 'Port 1 is in use.');");
  expect(await ended(child)).toBe(1);
  expect(stderr()).toBe('Port 1 is in use.\nStop the other process, or choose another port.\n');
  expect(await ended(start("throw new AppError('usage', 'What?');").child)).toBe(2);
});

test('a defect prints its stack', async () => {
  const { child, stderr } = start("throw new Error('broken');");
  expect(await ended(child)).toBe(70);
  expect(stderr()).toMatch(/Error: broken\n\s+at /);
});
