/** A place where a workflow stands: what it does there, what it waits for, and the form of what it asks. */
import { ageText, Button, cx, useLocale } from '@holdfast/ui';
import {
  Clock,
  type LucideIcon,
  MessageCircleQuestionMark,
  Play,
  RotateCw,
  UserRoundX,
  Workflow,
} from 'lucide-react';
import { useT } from '../context.tsx';
import { useNow } from '../hooks/use-now.ts';
import type { Standing, WorkflowFacts } from '../hooks/workflow-queries.ts';
import { stepText } from './workflow-row.tsx';
import { WorkflowSignalForm } from './workflow-signal-form.tsx';

const ICONS = {
  about_to_run: Play,
  calling: Play,
  asking: Play,
  trying_again: RotateCw,
  waiting_for_time: Clock,
  waiting_for_signal: MessageCircleQuestionMark,
  waiting_for_workflow: Workflow,
  parked: UserRoundX,
  failed: UserRoundX,
} as const satisfies Record<Standing['doing'], LucideIcon>;

export type WorkflowStandingProps = {
  workflow: WorkflowFacts;
  standing: Standing;
  onSkip: () => void;
  onOpen: (id: string) => void;
};

/** Red where a person must decide, violet where a second person is asked. */
export function WorkflowStanding({ workflow, standing, onSkip, onOpen }: WorkflowStandingProps) {
  const t = useT();
  const { step, doing, undoing, error, signal, child_id, can_skip } = standing;
  const Icon = ICONS[doing];
  const look = doing === 'parked' || doing === 'failed' ? 'act' : signal !== null ? 'second' : 'calm';
  return (
    <div className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4">
      <div className="flex items-start gap-3">
        <span
          className={cx(
            'grid size-10 shrink-0 place-items-center rounded-full',
            look === 'act' && 'bg-act-ground text-act',
            look === 'second' && 'bg-second-ground text-second',
            look === 'calm' && 'bg-sunken text-soft',
          )}
        >
          <Icon aria-hidden size={20} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="text-17 font-semibold break-words">{stepText(step)}</p>
          <p className="text-13 text-soft">
            {undoing ? `${t('wf_undoing')} · ` : ''}
            {t(`wf_doing_${doing}`)} <Times standing={standing} />
          </p>
        </div>
        {can_skip && (
          <Button look="quiet" className="-me-2 -mt-2 shrink-0" onClick={onSkip}>
            {t('wf_skip')}
          </Button>
        )}
      </div>
      {error !== null && (
        <p className="text-15 break-words">
          {error.message} <code className="font-mono text-13 text-soft">{error.code}</code>
        </p>
      )}
      {signal !== null && <WorkflowSignalForm id={workflow.instance_id} asked={signal} />}
      {child_id !== null && (
        <Button className="self-end" onClick={() => onOpen(child_id)}>
          {t('wf_open_child')}
        </Button>
      )}
    </div>
  );
}

/** Since when, which try, and how long at most. */
function Times({ standing: { since, attempt, due_at } }: { standing: Standing }) {
  const t = useT();
  const locale = useLocale();
  const nowMs = useNow();
  const parts = [
    t('wf_for', { age: ageText(nowMs - Date.parse(since), locale) }),
    ...(attempt > 1 ? [t('wf_try', { n: attempt })] : []),
    ...(due_at === null ? [] : [t('wf_left', { age: ageText(Date.parse(due_at) - nowMs, locale) })]),
  ];
  return <span className="tabular-nums">{parts.join(' · ')}</span>;
}
