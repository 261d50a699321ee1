/**
 * What a campaign must have seen. A simulation that never reaches a state proves nothing about it, so each name here has
 * to come up at least once in a campaign that is large enough: of 100 seeds, or of 1,000 for what is {@link SELDOM} met.
 */

const ENOUGH_SEEDS = 100;
const ENOUGH_FOR_ALL = 1_000;

export const SOMETIMES = [
  'answer: acked',
  'answer: fork',
  'answer: clone',
  'answer: hub_changed',
  'answer: quarantined',
  'archive failed',
  'archive caught up',
  'batch compressed',
  'clock jumped',
  'clone of a disk',
  'clock_skew answered',
  'commit at the edge in doubt: absent',
  'commit at the edge in doubt: present',
  'commit at the hub in doubt: absent',
  'commit at the hub in doubt: present',
  'crash: ack after commit',
  'crash: ack before commit',
  'crash: ack submitted',
  'crash: enrol after commit',
  'crash: enrol before commit',
  'crash: feed after commit',
  'crash: feed before commit',
  'crash: idle',
  'crash: hub_changed before commit',
  'crash: own_entries after commit',
  'crash: own_entries before commit',
  'crash: prune after commit',
  'crash: prune before commit',
  'crash: rewrap after commit',
  'crash: rewrap before commit',
  'crash: sale after commit',
  'crash: sale before commit',
  'crash: workflow after commit',
  'crash: workflow before commit',
  'crash: workflow submitted',
  'crash: workflow_definition after commit',
  'crash: workflow_definition before commit',
  'crash: workflow_schedule after commit',
  'crash: workflow_schedule before commit',
  'crash of the hub: after commit',
  'crash of the hub: before commit',
  'crash of the hub: in a request',
  'device activated',
  'device revoked',
  'device suspended',
  'disk full: recovered',
  'disk full: refused',
  'disk restored with its sentinel',
  'disk restored without its sentinel',
  'enrolment repeated',
  'end of a closed stream wrapped again',
  'group of several sales',
  'hub holds more than the store',
  'hub restored: archive',
  'hub restored: bare',
  'hub restored: in_place',
  'lease superseded',
  'network: answer lost',
  'network: answer of nonsense',
  'network: answer truncated',
  'network: cut',
  'network: one way',
  'network: request delivered twice',
  'network: request late',
  'network: request lost',
  'own entries pulled back',
  'queue full',
  'quarantined sale booked by a person',
  'sale refused for good',
  'sales pruned',
  'sale repeated after its answer',
  'sale repeated without an answer',
  'sales wrapped again',
  'two receipts for one sale',
  'workflow: call in doubt repeated with its key',
  'workflow: compensated',
  'workflow: definition replaced under it',
  'workflow: resumed after a death',
  'workflow: started by the clock',
  'workflow: timer due while the edge was dead',
] as const;

export type Sometimes = (typeof SOMETIMES)[number];

/** What takes several faults in a row, and comes up a few times in a hundred seeds. */
const SELDOM: ReadonlySet<Sometimes> = new Set([
  'crash: own_entries after commit',
  'crash: own_entries before commit',
  'crash: prune after commit',
  'end of a closed stream wrapped again',
  'two receipts for one sale',
]);

/** What a campaign of so many seeds should have seen, and has not. */
export function neverSeen(seen: Seen, seeds: number): Sometimes[] {
  if (seeds < ENOUGH_SEEDS) return [];
  return SOMETIMES.filter(
    (name) => (seen[name] ?? 0) === 0 && (seeds >= ENOUGH_FOR_ALL || !SELDOM.has(name)),
  );
}

/** How often each name came up. */
export type Seen = Partial<Record<Sometimes, number>>;

export type Observer = { saw(name: Sometimes): void; readonly seen: Seen };

export function createObserver(): Observer {
  const seen: Seen = {};
  return {
    seen,
    saw(name) {
      seen[name] = (seen[name] ?? 0) + 1;
    },
  };
}

/** True for a name of the table. */
export function isSometimes(name: string): name is Sometimes {
  return SOMETIMES.some((known) => known === name);
}
