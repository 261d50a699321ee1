/** The adapter to the terminal and the process a command runs in; the only file of the commands that touches them. */
import { systemPorts } from '@holdfast/base';
import { fetchTransport } from '@holdfast/client';
import { readEnvironment } from '@holdfast/runtime';
import pc from 'picocolors';
import type { Progress, Shell } from './shell.ts';

const SHOW_AFTER_MS = 1_000;
const FRAME_MS = 100;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const ERASE_LINE = '\r\u001b[2K';

/** The shell of this process. */
export function openShell(): Shell {
  const cwd = process.cwd();
  const env = readEnvironment(cwd);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const hasColor = process.stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return {
    argv: process.argv.slice(2),
    env,
    cwd,
    ports: systemPorts,
    transport: fetchTransport,
    paint: pc.createColors(hasColor),
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${process.stderr.isTTY === true ? ERASE_LINE : ''}${text}\n`),
    progress: process.stderr.isTTY === true ? showProgress : () => ({ update() {}, end() {} }),
    setExitCode(code) {
      process.exitCode = code;
    },
  };
}

function showProgress(first: string): Progress {
  let text = first;
  let frame = 0;
  let cancel = systemPorts.timers.after(SHOW_AFTER_MS, draw);
  function draw() {
    frame += 1;
    process.stderr.write(`${ERASE_LINE}${FRAMES[frame % FRAMES.length]} ${text}`);
    cancel = systemPorts.timers.after(FRAME_MS, draw);
  }
  return {
    update(next) {
      text = next;
    },
    end() {
      cancel();
      if (frame > 0) process.stderr.write(ERASE_LINE);
    },
  };
}

/** A reader that has gone, as `head` does, is no failure of the command. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
