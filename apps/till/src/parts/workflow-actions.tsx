/** What can be done about a workflow, at the foot of its page: the next action stands last, where the thumb is. */
import { Button } from '@holdfast/ui';
import { Ban, CirclePause, Play, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useT } from '../context.tsx';
import { useDeed, type WorkflowFacts } from '../hooks/workflow-queries.ts';
import { whyOf } from '../logic/why.ts';
import { hasEnded } from '../logic/workflow-view.ts';
import { Notice } from './notice.tsx';
import type { Doing } from './workflow-action-sheet.tsx';

export type WorkflowActionsProps = { workflow: WorkflowFacts; onDo: (doing: Doing) => void };

/** Nothing where nothing can be done. */
export function WorkflowActions({ workflow, onDo }: WorkflowActionsProps) {
  const t = useT();
  const { instance_id, status, can_redrive } = workflow;
  const deed = useDeed(instance_id);
  const [refused, setRefused] = useState<string | null>(null);
  const isOpen = !hasEnded(status);
  if (!isOpen && !can_redrive) return null;
  const act = (action: 'pause' | 'resume') =>
    deed.mutate({ action }, { onSuccess: (answer) => setRefused(whyOf(answer, t)) });
  const canPause = status === 'running' || status === 'waiting';
  return (
    <footer className="flex shrink-0 flex-col gap-2 border-t border-line bg-surface p-3">
      {refused !== null && <Notice tone="act">{refused}</Notice>}
      <div className="flex justify-end gap-2 max-[899px]:*:flex-1">
        {isOpen && status !== 'compensating' && (
          <Button look="quiet" onClick={() => onDo({ kind: 'cancel' })}>
            <Ban aria-hidden size={18} /> {t('wf_cancel')}
          </Button>
        )}
        {canPause && (
          <Button disabled={deed.isPending} onClick={() => act('pause')}>
            <CirclePause aria-hidden size={18} /> {t('wf_pause')}
          </Button>
        )}
        {status === 'paused' && (
          <Button look="primary" disabled={deed.isPending} onClick={() => act('resume')}>
            <Play aria-hidden size={18} /> {t('wf_resume')}
          </Button>
        )}
        {can_redrive && (
          <Button look="primary" onClick={() => onDo({ kind: 'redrive', parked: status === 'parked' })}>
            <RotateCw aria-hidden size={18} /> {t('wf_redrive')}
          </Button>
        )}
      </div>
    </footer>
  );
}
