/**
 * Runs a program in a mount namespace of its own: what it mounts nobody else sees, and the kernel unmounts all of it
 * with its last process, kill -9 included.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Of util-linux. */
const UNSHARE = 'unshare';

/** Runs `entry` by this Node under `unshare`, with our standard streams; resolves with its exit code. */
export async function runInMountNamespace(
  entry: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const command = ['--mount', '--propagation', 'private', process.execPath, entry, ...args];
  // A signal of the terminal reaches us alone, and is passed on once; our end closes the channel.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'] as const;
  const child = spawn(UNSHARE, command, { stdio: [...stdio], detached: true });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
