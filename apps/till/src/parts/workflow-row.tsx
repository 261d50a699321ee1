/** A workflow in the list: its state, what it is, where it stands and since when. */
import { ageText, cx, useLocale } from '@holdfast/ui';
import { useT } from '../context.tsx';
import { useNow } from '../hooks/use-now.ts';
import type { WorkflowSummary } from '../hooks/workflow-queries.ts';
import { TONES } from '../logic/workflow-view.ts';
import { WorkflowStatus } from './workflow-status.tsx';

export type WorkflowRowProps = {
  workflow: WorkflowSummary;
  selected: boolean;
  onChoose: (id: string) => void;
};

/** The whole row opens it. */
export function WorkflowRow({ workflow, selected, onChoose }: WorkflowRowProps) {
  const { instance_id: id, workflow_type, business_key, status, step, error, updated_at } = workflow;
  const isBad = TONES[status] === 'act' && error !== null;
  return (
    <li className="border-b border-line">
      <button
        type="button"
        data-row
        aria-current={selected}
        onClick={() => onChoose(id)}
        className={cx(
          'flex min-h-18 w-full items-start gap-3 px-4 py-3 text-start -outline-offset-3 hover:bg-sunken',
          selected && 'bg-sunken shadow-[inset_3px_0_0_var(--accent)]',
        )}
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-15 font-semibold">{workflow_type}</span>
          <span className="block truncate text-13 text-soft tabular-nums">
            {business_key ?? <span className="font-mono">{id.slice(-12)}</span>}
          </span>
          {isBad ? (
            <span className="mt-0.5 line-clamp-2 text-13 text-act">{error.message}</span>
          ) : (
            step !== '' && <span className="mt-0.5 block truncate text-13">{stepText(step)}</span>
          )}
        </span>
        <span className="flex shrink-0 flex-col items-end gap-1.5">
          <WorkflowStatus status={status} />
          <span className="text-13 text-soft">
            <Passed at={updated_at} />
          </span>
        </span>
      </button>
    </li>
  );
}

/** How long ago; in a row nothing but the row can be focused. */
function Passed({ at }: { at: string }) {
  const t = useT();
  const age = ageText(useNow() - Date.parse(at), useLocale());
  return <time dateTime={at}>{t('ago', { age })}</time>;
}

/** `Fan/left/Charge` as people read it. */
export function stepText(step: string): string {
  return step.replaceAll('_', ' ').replaceAll('/', ' › ');
}
