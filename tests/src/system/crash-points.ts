/**
 * Where the process of an edge can end while it runs a workflow: around every commit that is about workflows, and around
 * every call that they make. The points have no list of their own: what an undisturbed run passes is the list, in its
 * order, so that a commit or a call that comes to be later is one of them by itself.
 */
import { appendFileSync } from 'node:fs';
import type { Transport } from '@holdfast/client';
import type { Command, Writer } from '@holdfast/edge';

/** What a process is told: where to write which points it has passed, at which it ends, and from which start on. */
export type CrashPlan = {
  file: string;
  /** `result 3 written`: the third of its kind; empty for none. */
  at: string;
  /** Points count from the start of the workflow with this business key on; empty: from the begin of the process. */
  from: string;
};

/** The name of a plan in the environment of a process. */
export const CRASH_PLAN = 'HOLDFAST_TEST_CRASH_PLAN';

export type CrashPoints = {
  /** A writer that passes points around each command. */
  around(writer: Writer): Writer;
  /** A transport that passes points around each request. */
  aroundCalls(transport: Transport): Transport;
};

export function createCrashPoints({ file, at, from }: CrashPlan): CrashPoints {
  const counts = new Map<string, number>();
  let counting = from === '';
  const pass = (what: string, number: number, where: string) => {
    const point = `${what} ${number} ${where}`;
    appendFileSync(file, `${point}\n`);
    if (point === at) process.kill(process.pid, 'SIGKILL');
  };
  const numberOf = (what: string) => {
    const number = (counts.get(what) ?? 0) + 1;
    counts.set(what, number);
    return number;
  };
  return {
    around: (writer) => ({
      ...writer,
      get waiting() {
        return writer.waiting;
      },
      async submit(command) {
        counting ||= keyOf(command) === from;
        const what = nameOf(command);
        if (what === undefined || !counting) return await writer.submit(command);
        const number = numberOf(what);
        pass(what, number, 'submitted');
        const result = await writer.submit(command);
        pass(what, number, 'written');
        return result;
      },
      close: () => writer.close(),
    }),
    aroundCalls: (transport) => async (request) => {
      if (!counting) return await transport(request);
      const number = numberOf('call');
      pass('call', number, 'made');
      const answer = await transport(request);
      pass('call', number, 'answered');
      return answer;
    },
  };
}

/** What a command about workflows is called; undefined for any other. */
function nameOf(command: Command): string | undefined {
  if (command.type !== 'workflow') return command.type.startsWith('workflow') ? command.type : undefined;
  return command.order.kind === 'start' ? 'start' : command.order.event.kind;
}

function keyOf(command: Command): string | null {
  return command.type === 'workflow' && command.order.kind === 'start' ? command.order.business_key : null;
}
