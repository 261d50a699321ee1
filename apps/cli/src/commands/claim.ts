/** `holdfast claim`. */
import { defineCommand } from '../command.ts';
import { openHub, TARGET_ARGS } from '../targets.ts';

export const claim = defineCommand({
  name: 'claim',
  summary: 'Makes a claim token at the hub: one device may enrol with it, once, within a day.',
  examples: [
    ['holdfast claim --store-id STHLM-001', 'a token for a device of that store'],
    ['holdfast claim --store-id STHLM-001 --json', 'the same for a script'],
  ],
  args: {
    'store-id': { type: 'string', required: true, description: 'The store the device belongs to' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const hub = await openHub(args, shell);
    const answer = await hub.createClaim(args['store-id']);
    return {
      text: `${answer.claim_token}\nGood once, for a device of ${answer.store_id}, until ${answer.expires_at}.`,
      json: answer,
    };
  },
});
