/** What the store itself tells: is it whole, is it the one that was here, what waits, what has happened to it. */
import type { Ports } from '@holdfast/base';
import { bad, type Finding, good, warning } from '@holdfast/runtime';
import type { EdgeOptions } from '../config/options.ts';
import { readEnrolment } from '../store/enrolment.ts';
import { readEntryTime } from '../store/entries.ts';
import { isIdentityShared, readMeta } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { allStreams, entryIdOf, openStreams, type StreamRow } from '../store/streams.ts';
import { isBehind, type SentinelMark } from '../writer/sentinel.ts';

type At = { options: EdgeOptions; ports: Ports; pages: boolean; mark: SentinelMark | undefined };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The findings, and where the store says its hub is. */
export function examineStore(db: Db, at: At): { findings: Finding[]; hubUrl: string | undefined } {
  const enrolment = readEnrolment(db);
  return {
    findings: [
      ...(at.pages ? [examinePages(db)] : []),
      examineSentinel(db, at.mark),
      ...examineIdentity(db),
      ...examineDrill(db, at.ports.clock.nowMs()),
      ...openStreams(db).flatMap((stream) => examineStream(db, stream, at.ports.clock.nowMs())),
      ...examineLives(db),
      ...examineFeed(db, enrolment !== undefined, at.ports.clock.nowMs()),
    ],
    hubUrl: enrolment && (at.options.hubUrl ?? enrolment.hub_url),
  };
}

function examinePages(db: Db): Finding {
  const answer = db.pragma('integrity_check(1)', { simple: true });
  if (answer === 'ok') return good('pages', 'Every page of the store is sound.');
  return bad(
    'pages',
    `The store is damaged: ${String(answer)}`,
    'Restore the last backup: holdfast edge restore FILE. What the hub has acked comes back by itself.',
  );
}

function examineSentinel(db: Db, mark: SentinelMark | undefined): Finding {
  if (!mark)
    return warning(
      'sentinel',
      'There is no sentinel beside the store: a restored copy would not be noticed here before the hub tells.',
      'The next sale writes it.',
    );
  const streams = openStreams(db);
  const tips = Object.fromEntries(streams.map((stream) => [stream.lane, stream.tip_seq]));
  const now = { db_id: readMeta(db, 'db_id') ?? '', incarnation: streams[0]?.incarnation ?? '', tips };
  if (mark.db_id !== now.db_id)
    return warning(
      'sentinel',
      'The sentinel is that of another store: this one was put in its place.',
      'The next sale writes a new one.',
    );
  if (!isBehind(mark, now)) return good('sentinel', 'The store is as far as its sentinel says.');
  return warning(
    'sentinel',
    'The store is older than its sentinel: it was restored from a copy.',
    'Start it: it goes on under a new incarnation and pulls back from the hub what it lacks.',
  );
}

function examineIdentity(db: Db): Finding[] {
  const attention = readMeta(db, 'attention');
  const shared = isIdentityShared(db)
    ? [
        bad(
          'identity',
          'Another device shows the identity of this one. Sales go on and stay here.',
          'Enrol this device again: holdfast enroll. Look for the copy of its disk.',
        ),
      ]
    : [];
  // Of a shared identity there is no more to say.
  if (attention === undefined || shared.length > 0) return shared;
  return [bad('attention', attention, null)];
}

function examineDrill(db: Db, nowMs: number): Finding[] {
  const text = readMeta(db, 'link_mode');
  if (text === undefined) return [];
  const drill: { mode: string; until: number } = JSON.parse(text);
  if (drill.mode === 'auto' || drill.until <= nowMs) return [];
  return [
    warning(
      'drill',
      `A drill plays an outage (${drill.mode}) until ${new Date(drill.until).toISOString()}.`,
      'It ends by itself, or at the till.',
    ),
  ];
}

function examineStream(db: Db, stream: StreamRow, nowMs: number): Finding[] {
  return [examineWaiting(db, stream, nowMs), ...examineHeldBack(stream), ...examineSafe(stream)];
}

function examineWaiting(db: Db, stream: StreamRow, nowMs: number): Finding {
  const { lane } = stream;
  const waiting = stream.tip_seq - stream.acked_seq;
  if (stream.tip_seq === 0) return good(lane, 'Nothing waits for the hub.');
  if (waiting === 0) return good(lane, `Everything sold here (${stream.tip_seq} entries) is at the hub.`);
  const oldest = readEntryTime(db, entryIdOf(stream.stream_no, stream.acked_seq + 1));
  const ageMs = oldest === undefined ? 0 : nowMs - Date.parse(oldest);
  const says = `Waiting for the hub: ${waiting} of ${stream.tip_seq} entries, the oldest since ${oldest ?? 'now'}.`;
  if (ageMs > DAY_MS)
    return bad(lane, says, 'Money is not booked: bring the link up, then run: holdfast sync');
  if (ageMs > HOUR_MS) return warning(lane, says, 'They go by themselves when the link is up.');
  return good(lane, says);
}

function examineHeldBack({ lane, quarantined }: StreamRow): Finding[] {
  if (quarantined === 0) return [];
  return [
    warning(
      lane,
      `Held in quarantine at the hub, and not booked: ${quarantined}.`,
      'The operator of the hub decides: holdfast quarantine list',
    ),
  ];
}

function examineSafe({ lane, acked_seq, safe_seq, last_ack_at }: StreamRow): Finding[] {
  if (safe_seq >= acked_seq || last_ack_at === null) return [];
  return [
    warning(
      lane,
      `In the ledger but not yet in the archive of the hub: ${acked_seq - safe_seq}.`,
      'If this does not pass within minutes, look at the archive: holdfast doctor --hub',
    ),
  ];
}

/** Why a stream was closed, in words. */
const ENDS: Readonly<Record<string, string>> = {
  restored: 'the store had been restored from a copy',
  fork: 'the hub held other entries than this store, which had been restored from a copy',
  clone: 'another device showed the same identity',
  invalid: 'the hub found the journal damaged',
  enrolled: 'the device was enrolled',
  hub_lost: 'the hub had lost what was pruned here',
};

function examineLives(db: Db): Finding[] {
  const streams = allStreams(db);
  const pulled = streams.filter(({ closed_why }) => closed_why === 'repull').length;
  const ended = streams.filter(({ closed_why }) => closed_why !== null && closed_why in ENDS).at(-1);
  const lives = new Set(streams.map(({ incarnation }) => incarnation)).size;
  const findings: Finding[] = [];
  if (ended?.closed_why && ended.closed_at !== null)
    findings.push(
      good(
        'lives',
        `This store is in life ${lives}; the last one ended at ${new Date(ended.closed_at).toISOString()}: ${ENDS[ended.closed_why]}.`,
      ),
    );
  if (pulled > 0)
    findings.push(
      warning(
        'history',
        'Own entries are still being pulled back from the hub.',
        'Leave it running and online.',
      ),
    );
  return findings;
}

function examineFeed(db: Db, enrolled: boolean, nowMs: number): Finding[] {
  const appliedAt = readMeta(db, 'feed_applied_at');
  if (!enrolled) return [];
  if (appliedAt === undefined)
    return [
      warning(
        'feed',
        'Catalogue and people have never been fetched.',
        'They come with the first connection.',
      ),
    ];
  const ageMs = nowMs - Number(appliedAt);
  const says = `Catalogue and people changed last at ${new Date(Number(appliedAt)).toISOString()}.`;
  return ageMs < -HOUR_MS
    ? [
        warning(
          'clock',
          `${says} That is in the future: the clock of this machine is wrong.`,
          'Set the clock.',
        ),
      ]
    : [good('feed', says)];
}
