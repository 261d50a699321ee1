/** Asks once more before the course of a workflow is changed, and why: the reason stands in its timeline. */
import { Button, Sheet } from '@holdfast/ui';
import { type FormEvent, useState } from 'react';
import { useT } from '../context.tsx';
import { useDeed } from '../hooks/workflow-queries.ts';
import { whyOf } from '../logic/why.ts';
import { Field } from './field.tsx';
import { Notice } from './notice.tsx';
import { stepText } from './workflow-row.tsx';

export type Doing =
  | { kind: 'cancel' }
  | { kind: 'redrive'; parked: boolean }
  | { kind: 'skip'; step: string };

export type WorkflowActionSheetProps = { id: string; doing: Doing; onClose: () => void };

/** Closes when it is done; a refusal stays and says why. */
export function WorkflowActionSheet({ id, doing, onClose }: WorkflowActionSheetProps) {
  const t = useT();
  const deed = useDeed(id);
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const { kind } = doing;
  const step = doing.kind === 'skip' ? doing.step : '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { reason: reason.trim(), ...(kind === 'skip' && { step }) };
    deed.mutate(
      { action: kind, body },
      {
        onSuccess: (answer) => {
          const why = whyOf(answer, t);
          setRefused(why);
          if (why === null) onClose();
        },
      },
    );
  };
  const title = t(`wf_${kind}_title`, { step: stepText(step) });
  return (
    <Sheet open onClose={onClose} title={title} closeLabel={t('close')}>
      <form onSubmit={submit} className="flex flex-col gap-4 overflow-y-auto p-5">
        <p className="text-15 text-pretty">
          {t(doing.kind === 'redrive' && doing.parked ? 'wf_redrive_parked' : `wf_${kind}_text`)}
        </p>
        <Field
          label={t('wf_reason')}
          value={reason}
          maxLength={500}
          required
          data-autofocus
          onChange={(event) => setReason(event.target.value)}
        />
        {refused !== null && <Notice tone="act">{refused}</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('wf_keep')}</Button>
          <Button
            type="submit"
            look={kind === 'cancel' ? 'danger' : 'primary'}
            disabled={deed.isPending || reason.trim() === ''}
          >
            {deed.isPending ? t('wf_acting') : t(`wf_${kind}_action`)}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
