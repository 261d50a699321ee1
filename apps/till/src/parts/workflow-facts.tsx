/** The facts of a workflow that are seldom needed, and its state as JSON. */
import { Button } from '@holdfast/ui';
import { ChevronRight, CornerLeftUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useT } from '../context.tsx';
import { useStore } from '../hooks/use-store.ts';
import type { WorkflowFacts } from '../hooks/workflow-queries.ts';
import { Scroller } from './scroller.tsx';

export type WorkflowFactListProps = { workflow: WorkflowFacts; onOpen: (id: string) => void };

export function WorkflowFactList({ workflow, onOpen }: WorkflowFactListProps) {
  const t = useT();
  const { timeZone, locale } = useStore();
  const { instance_id, version, definition_hash, is_current_definition, parent_id } = workflow;
  const { created_at, ended_at, deadline_at, state } = workflow;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone });
  const time = (at: string) => format.format(Date.parse(at));
  return (
    <>
      <dl className="divide-y divide-line border-y border-line">
        <Row name={t('wf_started')}>{time(created_at)}</Row>
        {ended_at !== null && <Row name={t('wf_ended')}>{time(ended_at)}</Row>}
        {deadline_at !== null && ended_at === null && <Row name={t('wf_deadline')}>{time(deadline_at)}</Row>}
        <Row name={t('wf_definition')}>
          {version !== null && `${version} · `}
          <code className="font-mono text-13">{definition_hash.slice(0, 12)}</code>
          {!is_current_definition && <span className="text-waiting"> · {t('wf_definition_old')}</span>}
        </Row>
        <Row name={t('wf_instance')}>
          <code className="font-mono text-13 break-all">{instance_id}</code>
        </Row>
      </dl>
      {parent_id !== null && (
        <Button onClick={() => onOpen(parent_id)}>
          <CornerLeftUp aria-hidden size={18} className="rtl:-scale-x-100" /> {t('wf_open_parent')}
        </Button>
      )}
      <details className="group">
        <summary className="flex min-h-14 cursor-pointer list-none items-center gap-2 text-15 font-medium">
          <ChevronRight
            aria-hidden
            size={18}
            className="transition-transform duration-120 group-open:rotate-90 rtl:rotate-180"
          />
          {t('wf_state')}
        </summary>
        <Json value={state} />
      </details>
    </>
  );
}

function Json({ value }: { value: object }) {
  const t = useT();
  return (
    <Scroller label={t('wf_state')} className="overflow-x-auto rounded-card bg-sunken p-4">
      <pre className="font-mono text-13">{JSON.stringify(value, null, 2)}</pre>
    </Scroller>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-2.5 text-15">
      <dt className="shrink-0 text-soft">{name}</dt>
      <dd className="min-w-0 text-end break-words tabular-nums">{children}</dd>
    </div>
  );
}
