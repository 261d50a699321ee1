/** One workflow in full: its state, where it stands, what went wrong, its timeline, and what can be done about it. */
import { Button, cx, EmptyState, Skeleton } from '@holdfast/ui';
import { SearchX, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { NoAnswer } from '../api.ts';
import { useT } from '../context.tsx';
import { useWorkflow, type WorkflowFacts } from '../hooks/workflow-queries.ts';
import { TONES } from '../logic/workflow-view.ts';
import { Notice } from './notice.tsx';
import { Scroller } from './scroller.tsx';
import { type Doing, WorkflowActionSheet } from './workflow-action-sheet.tsx';
import { WorkflowActions } from './workflow-actions.tsx';
import { WorkflowFactList } from './workflow-facts.tsx';
import { stepText } from './workflow-row.tsx';
import { WorkflowStanding } from './workflow-standing.tsx';
import { WorkflowStatus } from './workflow-status.tsx';
import { WorkflowTimeline } from './workflow-timeline.tsx';

export type WorkflowDetailsProps = { id: string; onOpen: (id: string) => void };

/** Lives on while it is open. */
export function WorkflowDetails({ id, onOpen }: WorkflowDetailsProps) {
  const t = useT();
  const { data, error, refetch } = useWorkflow(id);
  const [doing, setDoing] = useState<Doing | null>(null);
  if (data === undefined && error !== null) {
    const gone =
      error instanceof NoAnswer && error.answer.kind === 'problem' && error.answer.problem.status === 404;
    return (
      <EmptyState
        icon={gone ? SearchX : TriangleAlert}
        title={gone ? t('wf_gone') : t('wf_failed')}
        text={gone ? t('wf_gone_text') : t('wf_failed_text')}
      >
        {!gone && <Button onClick={() => void refetch()}>{t('try_again')}</Button>}
      </EmptyState>
    );
  }
  if (data === undefined) return <Skeleton className="m-5 h-40" />;
  return (
    <>
      <Scroller label={data.workflow_type} className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-4xl flex-col gap-6 p-4 min-[900px]:p-6">
          <Head workflow={data} />
          <Trouble workflow={data} />
          {data.standing.length > 0 && (
            <section className="flex flex-col gap-3" aria-label={t('wf_stands')}>
              <h3 className="text-13 font-medium text-soft">{t('wf_stands')}</h3>
              {data.standing.map((standing) => (
                <WorkflowStanding
                  key={standing.step}
                  workflow={data}
                  standing={standing}
                  onSkip={() => setDoing({ kind: 'skip', step: standing.step })}
                  onOpen={onOpen}
                />
              ))}
            </section>
          )}
          <WorkflowTimeline workflow={data} />
          <WorkflowFactList workflow={data} onOpen={onOpen} />
        </div>
      </Scroller>
      <WorkflowActions workflow={data} onDo={setDoing} />
      {doing !== null && <WorkflowActionSheet id={id} doing={doing} onClose={() => setDoing(null)} />}
    </>
  );
}

function Head({ workflow }: { workflow: WorkflowFacts }) {
  const { workflow_type, business_key, status } = workflow;
  return (
    <header className="flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0">
        <h2 className="text-22 font-semibold tracking-tight break-words">{workflow_type}</h2>
        {business_key !== null && <p className="text-15 break-all text-soft">{business_key}</p>}
      </div>
      <WorkflowStatus status={status} />
    </header>
  );
}

/** What went wrong and what it asks for, with the code small beside the words. */
function Trouble({ workflow }: { workflow: WorkflowFacts }) {
  const t = useT();
  const { status, error, not_undone } = workflow;
  const says = isSaid(status) ? t(SAYS[status]) : null;
  const tone = TONES[status] === 'act' ? 'act' : 'calm';
  return (
    <>
      {error === null && says !== null && (
        <Notice tone={tone === 'act' ? 'act' : 'waiting'} spoken={false}>
          {says}
        </Notice>
      )}
      {error !== null && (
        <Fault
          title={error.code === 'cancelled' ? t('wf_status_cancelled') : t('wf_error')}
          tone={tone}
          {...error}
          says={says}
        />
      )}
      {not_undone.map((each) => (
        <Fault key={each.step} title={t('wf_not_undone')} tone="act" {...each.error} step={each.step} />
      ))}
    </>
  );
}

const SAYS = {
  parked: 'wf_says_parked',
  failed: 'wf_says_failed',
  compensation_failed: 'wf_says_compensation_failed',
  compensated: 'wf_says_compensated',
  paused: 'wf_says_paused',
} as const;

function isSaid(status: string): status is keyof typeof SAYS {
  return Object.hasOwn(SAYS, status);
}

type FaultProps = {
  title: string;
  tone: 'act' | 'calm';
  step: string;
  code: string;
  message: string;
  /** What to do about it. */
  says?: string | null;
};

function Fault({ title, tone, step, code, message, says = null }: FaultProps) {
  return (
    <section
      aria-label={title}
      className={cx(
        'flex flex-col gap-1 rounded-card border px-4 py-3',
        tone === 'act' ? 'border-act-line bg-act-ground' : 'border-line bg-surface',
      )}
    >
      <h3 className={cx('text-13 font-medium', tone === 'act' ? 'text-act' : 'text-soft')}>
        {title}
        {step !== '' && ` · ${stepText(step)}`}
      </h3>
      <p className="text-17 font-medium break-words">{message}</p>
      {says !== null && <p className="text-15 text-pretty">{says}</p>}
      {code !== 'cancelled' && <code className="font-mono text-13">{code}</code>}
    </section>
  );
}
