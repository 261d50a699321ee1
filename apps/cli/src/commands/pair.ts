/** `holdfast pair`. */
import { defineCommand } from '../command.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';

export const pair = defineCommand({
  name: 'pair',
  summary: 'Makes a code that pairs one till with the edge.',
  examples: [['holdfast pair', 'type the code at the till; it is good once, for ten minutes']],
  args: TARGET_ARGS,
  async run(args, shell) {
    const edge = await openEdge(args, shell);
    const answer = await edge.createPairingCode();
    return {
      text: `${shell.paint.bold(answer.pairing_code)}\nGood once, until ${answer.expires_at}.`,
      json: answer,
    };
  },
});
