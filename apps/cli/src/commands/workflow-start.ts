/** `holdfast workflow start`. */
import { usage } from '../check-words.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { jsonArg } from '../workflow/json-arg.ts';
import { statusText } from '../workflow/render-workflow.ts';

const WAIT_SECONDS_MAX = 30;
const ENDED_BADLY: ReadonlySet<string> = new Set([
  'failed',
  'cancelled',
  'compensated',
  'compensation_failed',
]);

export const workflowStart = defineCommand({
  name: 'workflow start',
  summary: 'Starts a workflow.',
  details:
    'With a key the same command is the same workflow, however often it is given. With --wait the command ends when the\nworkflow has ended or waits for something; with 75 when it does neither in time, and with 4 when it ended otherwise\nthan completed.',
  examples: [
    [
      `holdfast workflow start CoffeePurchase --input '{"amount": "20.00", "currency": "SEK"}'`,
      'with its input',
    ],
    [
      'holdfast workflow start CoffeePurchase --input @order.json --key order-17 --wait 10',
      'once for an order',
    ],
  ],
  args: {
    type: { type: 'positional', required: true, description: 'Its workflow_type' },
    input: { type: 'string', description: 'Its input: a JSON object, or @FILE', valueHint: 'JSON' },
    key: { type: 'string', description: 'Business key: names it among those of its type' },
    wait: {
      type: 'string',
      description: `Wait for its end, at most ${WAIT_SECONDS_MAX}`,
      valueHint: 'SECONDS',
    },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const waitSeconds = args.wait === undefined ? undefined : secondsOf(args.wait);
    const input = await jsonArg(args.input, { flag: '--input', cwd: shell.cwd });
    const edge = await openEdge(args, shell);
    const started = await edge.workflows.start({
      workflow_type: args.type,
      input,
      key: args.key,
      waitSeconds,
    });
    const { instance_id, workflow_type, status, replayed, error, settled } = started;
    const was = replayed ? 'had been started before' : 'is started';
    const why = error === null ? '' : `: ${error.message}`;
    return {
      text: `${workflow_type} ${instance_id} ${was}; its status is ${statusText(status, shell.paint)}${why}`,
      json: started,
      exitCode: !settled ? EXIT.tryAgain : ENDED_BADLY.has(status) ? EXIT.unsound : EXIT.ok,
    };
  },
});

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= WAIT_SECONDS_MAX) return seconds;
  throw usage(`--wait is a number of seconds from 0 to ${WAIT_SECONDS_MAX}.`);
}
