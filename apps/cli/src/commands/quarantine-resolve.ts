/** `holdfast quarantine book` and `holdfast quarantine dismiss`. */
import { QuarantinePlace } from '@holdfast/protocol';
import { usage } from '../check-words.ts';
import { type Command, defineCommand } from '../command.ts';
import { openHub, TARGET_ARGS } from '../targets.ts';

/** Books it after all. */
export const quarantineBook = resolving({
  resolution: 'book',
  summary: 'Books an entry that waits, passing over the state of its device and over the store it names.',
  meaning: 'the sale was honestly made',
});

/** Leaves it at that. */
export const quarantineDismiss = resolving({
  resolution: 'dismiss',
  summary: 'Dismisses an entry that waits: it stays where it is, and is never booked.',
  meaning: 'the sale was corrected outside Holdfast',
});

function resolving(spec: { resolution: 'book' | 'dismiss'; summary: string; meaning: string }): Command {
  const { resolution, summary, meaning } = spec;
  return defineCommand({
    name: `quarantine ${resolution}`,
    summary,
    details: 'ENTRY is the last column of `holdfast quarantine list`. Asked again, nothing changes.',
    examples: [[`holdfast quarantine ${resolution} ENTRY --note "Checked against the till roll"`, meaning]],
    args: {
      entry: { type: 'positional', required: true, description: 'device/incarnation/lane/seq' },
      note: { type: 'string', description: 'Why, for whoever looks later', valueHint: 'TEXT' },
      ...TARGET_ARGS,
    },
    async run(args, shell) {
      const place = placeOf(args.entry);
      const hub = await openHub(args, shell);
      const entry = await hub.resolveQuarantine({
        ...place,
        resolution,
        ...(args.note !== undefined && { note: args.note }),
      });
      const amount = entry.amount_total === null ? '' : ` of ${entry.amount_total} ${entry.currency ?? ''}`;
      return { text: `The entry${amount} of ${entry.device_name} is ${entry.resolution}.`, json: entry };
    },
  });
}

function placeOf(text: string): QuarantinePlace {
  const [device_id, incarnation, lane, seq, ...rest] = text.split('/');
  const place = QuarantinePlace.safeParse({ device_id, incarnation, lane, seq: Number(seq) }).data;
  if (place === undefined || rest.length > 0)
    throw usage('An ENTRY is device/incarnation/lane/seq, as `holdfast quarantine list` shows it.');
  return place;
}
