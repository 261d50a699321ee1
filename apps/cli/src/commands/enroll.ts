/** `holdfast enroll`. */
import { defineCommand } from '../command.ts';
import { checkedUrl, openEdge, TARGET_ARGS } from '../targets.ts';

const TIMEOUT_MS = 30_000;

export const enroll = defineCommand({
  name: 'enroll',
  summary: 'Enrols the running edge with a hub. What it sold before goes up then.',
  examples: [
    [
      'holdfast enroll --hub-url https://hub.example.com --claim-token claim_…',
      "with the token the hub's operator made",
    ],
  ],
  args: {
    'hub-url': { type: 'string', required: true, description: 'Where the hub is', valueHint: 'URL' },
    'claim-token': {
      type: 'string',
      required: true,
      description: 'One-use token, of `holdfast claim`',
      valueHint: 'TOKEN',
    },
    'device-name': {
      type: 'string',
      description: 'Name in the fleet; the configured one unless given',
      valueHint: 'NAME',
    },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const edge = await openEdge(args, shell, TIMEOUT_MS);
    const progress = shell.progress('Enrolling');
    try {
      const name = args['device-name'];
      const status = await edge.enrol({
        hub_url: checkedUrl(args['hub-url']),
        claim_token: args['claim-token'],
        ...(name !== undefined && { device_name: name }),
      });
      return {
        text: `Enrolled as device ${status.device_id} of ${status.store_name} (${status.store_id}).`,
        json: status,
      };
    } finally {
      progress.end();
    }
  },
});
