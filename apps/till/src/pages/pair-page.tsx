/** A till without an edge: asks for the pairing code, or takes it from the address. */
import { Button } from '@holdfast/ui';
import { MonitorCheck } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useT, useTill } from '../context.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Terminal } from '../session.ts';

type Progress = 'asking' | 'busy' | { failed: string };

/** `#pair=CODE` in the address pairs without typing. */
export function PairPage({ revoked, onOperate }: { revoked: boolean; onOperate: () => void }) {
  const t = useT();
  const { code, setCode, name, setName, progress, pair } = usePairing();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    pair(code, name);
  };
  const busy = progress === 'busy';
  return (
    <main className="grid min-h-dvh place-content-center p-6">
      <form onSubmit={submit} className="flex w-[min(400px,calc(100vw-48px))] flex-col gap-5">
        <MonitorCheck aria-hidden size={40} strokeWidth={1.5} className="text-accent" />
        <div className="flex flex-col gap-1">
          <h1 className="text-32 font-semibold tracking-tight">{t('pair_title')}</h1>
          <p className="text-15 text-soft">{t('pair_text')}</p>
        </div>
        {revoked && progress === 'asking' && <Notice tone="waiting">{t('pair_revoked')}</Notice>}
        <Field
          label={t('pair_code')}
          value={code}
          onChange={(event) => setCode(event.target.value.toUpperCase())}
          placeholder="ABCD-EFGH"
          maxLength={32}
          required
          autoFocus
          className="font-mono text-22 tracking-widest"
        />
        <Field
          label={t('pair_name')}
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={64}
          required
        />
        {typeof progress === 'object' && <Notice tone="act">{progress.failed}</Notice>}
        <Button
          type="submit"
          look="primary"
          size="large"
          disabled={busy || code.trim() === '' || name.trim() === ''}
        >
          {busy ? t('pair_busy') : t('pair_action')}
        </Button>
        <Button look="quiet" onClick={onOperate}>
          {t('op_open')}
        </Button>
      </form>
    </main>
  );
}

/** What is typed, and what became of it. A code in the address is taken at once, under the till's usual name. */
function usePairing() {
  const { platform, send, session, t } = useTill();
  const [code, setCode] = useState('');
  const [name, setName] = useState<string>(t('pair_name_default'));
  const [progress, setProgress] = useState<Progress>('asking');

  const pair = async (pairingCode: string, terminalName: string) => {
    setProgress('busy');
    const body = {
      pairing_code: pairingCode.trim(),
      terminal_name: terminalName.trim(),
      terminal_type: 'till',
    };
    const answer = await send<Terminal>('/api/v1/pair', null, { method: 'POST', body });
    if (answer.kind === 'ok') return session.pair(answer.value);
    if (answer.kind === 'unreachable') return setProgress({ failed: `${t('edge_gone')}.` });
    const wrong = answer.problem.code === 'invalid_pairing_code';
    setProgress({ failed: wrong ? t('pair_wrong') : `${answer.problem.title}. ${answer.problem.action}` });
  };

  const taken = useRef(false);
  useEffect(() => {
    if (taken.current) return;
    taken.current = true;
    const found = platform.takeHash('pair');
    if (found === null || found === '') return;
    setCode(found);
    void pair(found, t('pair_name_default'));
  });
  return {
    code,
    setCode,
    name,
    setName,
    progress,
    pair: (...typed: Parameters<typeof pair>) => void pair(...typed),
  };
}
