/** The way to the workflows for whoever holds the API token of the edge; `#token=TOKEN` in the address goes it at once. */
import { Button } from '@holdfast/ui';
import { Workflow } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../api.ts';
import { useT, useTill } from '../context.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';

/** The token is tried before it is kept. */
export function OperatorPage({ onLeave }: { onLeave: () => void }) {
  const t = useT();
  const { send, session } = useTill();
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const open = async () => {
    setBusy(true);
    const answer: Answer<unknown> = await send('/edge/workflow-definitions', token.trim());
    setBusy(false);
    if (answer.kind === 'ok') return session.operate(token.trim());
    setFailed(answer.kind === 'unreachable' ? `${t('edge_gone')}.` : t('op_wrong'));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void open();
  };
  return (
    <main className="grid min-h-dvh place-content-center p-6">
      <form onSubmit={submit} className="flex w-[min(400px,calc(100vw-48px))] flex-col gap-5">
        <Workflow aria-hidden size={40} strokeWidth={1.5} className="text-accent" />
        <div className="flex flex-col gap-1">
          <h1 className="text-32 font-semibold tracking-tight">{t('op_title')}</h1>
          <p className="text-15 text-soft">{t('op_text')}</p>
        </div>
        <Field
          label={t('op_token')}
          type="password"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          maxLength={128}
          required
          autoFocus
          className="font-mono"
        />
        {failed !== null && <Notice tone="act">{failed}</Notice>}
        <Button type="submit" look="primary" size="large" disabled={busy || token.trim() === ''}>
          {t('op_action')}
        </Button>
        <Button look="quiet" onClick={onLeave}>
          {t('back')}
        </Button>
      </form>
    </main>
  );
}
