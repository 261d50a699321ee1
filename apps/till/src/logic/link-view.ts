/** What the strip says of a status: tone, words, and what waits. */
import type { EdgeStatus } from '@holdfast/protocol';
import { parseAmount } from '@holdfast/ui';
import type { StringKey } from '../strings/en.ts';

type Reason = EdgeStatus['link']['reason'];

export type LinkView = {
  tone: 'calm' | 'waiting';
  title: StringKey;
  why: StringKey;
  drill: boolean;
  /** When a drill ends by itself. */
  drillUntil: string | null;
  /** Sales whose arrival the hub has not confirmed. */
  waiting: number;
  sums: { currency: string; amountMinor: bigint }[];
  oldestAt: string | null;
  /** Sales that wait for a person at the hub. */
  quarantined: number;
};

const WHY: Record<Reason, StringKey> = {
  reachable: 'why_reachable',
  unknown: 'why_unknown',
  drill: 'why_drill',
  not_enrolled: 'why_not_enrolled',
  refused: 'why_refused',
  timeout: 'why_timeout',
  unreachable: 'why_unreachable',
  hub_error: 'why_hub_error',
};

/** Sums over all lanes that carry money. */
export function linkView(status: EdgeStatus): LinkView {
  const { link, lanes } = status;
  const drill = link.mode !== 'auto';
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of lanes.flatMap((lane) => lane.pending_amounts)) {
    sums.set(currency, (sums.get(currency) ?? 0n) + (parseAmount(amount, currency) ?? 0n));
  }
  const oldest = lanes.flatMap((lane) => lane.oldest_unacked_at ?? []).sort();
  return {
    tone: link.state === 'online' ? 'calm' : 'waiting',
    title: titleOf(link),
    why: link.state === 'offline' && drill ? 'why_drill' : WHY[link.reason],
    drill,
    drillUntil: link.mode_until,
    waiting: lanes.reduce((sum, lane) => sum + lane.pending, 0),
    sums: [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor })),
    oldestAt: oldest[0] ?? null,
    quarantined: lanes.reduce((sum, lane) => sum + lane.quarantined, 0),
  };
}

function titleOf(link: EdgeStatus['link']): StringKey {
  if (link.state === 'online') return 'link_online';
  if (link.mode !== 'auto') return 'link_drill';
  return link.reason === 'unknown' ? 'link_unknown' : 'link_offline';
}
