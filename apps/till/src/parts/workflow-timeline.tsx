/** The timeline of a workflow: each step with its tries, how long it took, who acted, and errors in words. */
import { cx, useLocale } from '@holdfast/ui';
import {
  Ban,
  Check,
  CirclePause,
  CircleX,
  Flag,
  GitBranch,
  type LucideIcon,
  MessageCircleQuestionMark,
  Play,
  RotateCw,
  SkipForward,
  Undo2,
  UserRoundX,
} from 'lucide-react';
import { useT } from '../context.tsx';
import { useStaff } from '../hooks/queries.ts';
import { useStore } from '../hooks/use-store.ts';
import type { WorkflowFacts } from '../hooks/workflow-queries.ts';
import { spanText } from '../logic/span.ts';
import { type Entry, entriesOf, type Line } from '../logic/workflow-timeline.ts';
import { TONES } from '../logic/workflow-view.ts';
import type { Translate } from '../strings/catalogue.ts';
import { stepText } from './workflow-row.tsx';

const ICONS = {
  started: Play,
  done: Check,
  retry: RotateCw,
  failed: CircleX,
  skipped: SkipForward,
  parked: UserRoundX,
  undone: Undo2,
  not_undone: CircleX,
  no_value: GitBranch,
  signal: MessageCircleQuestionMark,
  cancel: Ban,
  pause: CirclePause,
  resume: Play,
  redrive: RotateCw,
  migrated: GitBranch,
  ended: Flag,
} as const satisfies Record<Line['what'], LucideIcon>;

/** What went wrong, and wants to be seen. */
const BAD: ReadonlySet<Line['what']> = new Set(['failed', 'parked', 'not_undone']);
const HELD: ReadonlySet<Line['what']> = new Set([
  'retry',
  'no_value',
  'pause',
  'cancel',
  'undone',
  'skipped',
]);

export function WorkflowTimeline({ workflow }: { workflow: WorkflowFacts }) {
  const t = useT();
  const { timeline, timeline_before: before } = workflow;
  return (
    <section aria-label={t('wf_timeline')} className="flex flex-col gap-3">
      <h3 className="text-13 font-medium text-soft">{t('wf_timeline')}</h3>
      {before > 0 && <p className="text-13 text-soft">{t('wf_timeline_before', { n: before })}</p>}
      {timeline.length === 0 && <p className="text-15 text-soft">{t('wf_timeline_none')}</p>}
      <ol className="flex flex-col">
        {entriesOf(timeline).map((entry) => (
          <EntryRow key={entry.key} entry={entry} />
        ))}
      </ol>
    </section>
  );
}

function EntryRow({ entry }: { entry: Entry }) {
  const t = useT();
  const locale = useLocale();
  const { timeZone } = useStore();
  const { step, what, at, attempts, tookMs, by, lines } = entry;
  const Icon = ICONS[what];
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone }).format(Date.parse(at));
  const facts = [
    ...(attempts > 1 ? [t('wf_attempts', { n: attempts })] : []),
    ...(step === '' || tookMs < 1 ? [] : [t('wf_took', { time: spanText(tookMs, locale) })]),
  ];
  const who = useActor(by);
  return (
    <li className="relative flex gap-3 pb-4 before:absolute before:inset-y-0 before:start-4 before:border-s before:border-line last:pb-0 last:before:hidden">
      <span
        className={cx(
          'relative grid size-8 shrink-0 place-items-center rounded-full border bg-surface',
          BAD.has(what)
            ? 'border-act-line text-act'
            : HELD.has(what)
              ? 'border-waiting-line text-waiting'
              : 'border-line text-soft',
        )}
      >
        <Icon aria-hidden size={16} />
      </span>
      <div className="min-w-0 flex-1 pt-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-15 font-medium break-words">
            {step === '' ? t(`wf_what_${what}`) : stepText(step)}
          </span>
          {step !== '' && what !== 'done' && (
            <span className={cx('text-13', BAD.has(what) ? 'text-act' : 'text-soft')}>
              {t(`wf_what_${what}`)}
            </span>
          )}
        </p>
        {lines.map((line) => (
          <p key={`${line.what} ${line.attempt} ${line.at}`} className="text-13 break-words text-soft">
            {attempts > 1 && `${t('wf_try', { n: line.attempt })}: `}
            {line.what === 'ended' ? endText(line.detail ?? '', t) : line.detail}
          </p>
        ))}
        {who !== null && <p className="text-13 text-second">{t('wf_by', { who })}</p>}
      </div>
      <p className="shrink-0 pt-1 text-end text-13 text-soft tabular-nums">
        <time dateTime={at}>{time}</time>
        {facts.map((fact) => (
          <span key={fact} className="block">
            {fact}
          </span>
        ))}
      </p>
    </li>
  );
}

/** `failed: no_printer` with the status in the words of the language. */
function endText(detail: string, t: Translate): string {
  const [status = '', ...rest] = detail.split(':');
  const known = Object.keys(TONES).find((name): name is keyof typeof TONES => name === status);
  if (known === undefined) return detail;
  // What was cancelled says so twice.
  return [t(`wf_status_${known}`), ...rest.filter((code) => code.trim() !== status)].join(':');
}

/** `staff:maja` by the name of the person. */
function useActor(by: string | null): string | null {
  const t = useT();
  const { data: staff } = useStaff();
  if (by === null) return null;
  if (by === 'api') return t('wf_by_api');
  const [kind, ...rest] = by.split(':');
  const name = rest.join(':');
  if (kind === 'schedule') return t('wf_by_schedule', { name });
  return staff?.find(({ staff_id }) => staff_id === name)?.name ?? name;
}
