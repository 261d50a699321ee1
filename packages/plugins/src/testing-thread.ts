/** Help for suites: a thread that does what it is told, however bad. */
import { parentPort } from 'node:worker_threads';
import { finalFailure } from './failure.ts';
import { serve } from './serve.ts';

/** `told`: set to 1 once it is running, for whoever waits for that. */
export type TestRun = {
  what: 'echo' | 'hang' | 'exit' | 'throw' | 'fail';
  value?: string;
  told?: Int32Array;
};
export type TestLoad = { fails?: boolean; told?: Int32Array; held?: Int32Array };

serve<TestLoad, TestRun, string>(parentPort, {
  async prepare({ fails, told, held }) {
    tell(told);
    if (held !== undefined) Atomics.wait(held, 0, 0);
    return fails === true ? finalFailure('model_damaged', 'It does not fit.') : undefined;
  },
  async run({ what, value = '', told }) {
    tell(told);
    if (what === 'exit') process.exit(3);
    if (what === 'throw') throw new Error('It broke');
    if (what === 'fail') return finalFailure('bad_output', 'It said no.');
    while (what === 'hang');
    return { answer: value };
  },
});

function tell(told: Int32Array | undefined): void {
  if (told === undefined) return;
  Atomics.store(told, 0, 1);
  Atomics.notify(told, 0);
}
