/** The drill: what it does, how the line shall fail, and how long it still lasts. */
import { Button, countdownText, Sheet, Tile } from '@holdfast/ui';
import { useState } from 'react';
import { useT } from '../context.tsx';
import { useLinkMode, useStatus } from '../hooks/queries.ts';
import { useNow } from '../hooks/use-now.ts';
import type { StringKey } from '../strings/en.ts';
import { Notice } from './notice.tsx';

type Mode = 'offline' | 'timeout' | 'intermittent';

const KINDS = [
  ['offline', 'drill_kind_offline', 'drill_kind_offline_text'],
  ['timeout', 'drill_kind_timeout', 'drill_kind_timeout_text'],
  ['intermittent', 'drill_kind_intermittent', 'drill_kind_intermittent_text'],
] as const satisfies readonly (readonly [Mode, StringKey, StringKey])[];

/** Its one action starts the drill or ends it, and closes. */
export function DrillSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { data: status } = useStatus();
  const change = useLinkMode();
  const mode = status?.link.mode ?? 'auto';
  const [wanted, setWanted] = useState<Mode>(mode === 'auto' ? 'offline' : mode);
  const [failed, setFailed] = useState<string | null>(null);
  const on = mode !== 'auto';
  const put = (next: Mode | 'auto', done: () => void) =>
    change.mutate(next, {
      onSuccess: (answer) => {
        if (answer.kind === 'ok') return done();
        setFailed(
          t('drill_failed', { why: answer.kind === 'problem' ? answer.problem.title : t('edge_gone') }),
        );
      },
    });
  const choose = (kind: Mode) => {
    setWanted(kind);
    if (on) put(kind, () => setFailed(null));
  };
  return (
    <Sheet open onClose={onClose} title={t('drill_title')} closeLabel={t('close')}>
      <div className="flex flex-col gap-4 overflow-y-auto p-5">
        <p className="text-15 text-pretty">{t('drill_text')}</p>
        <fieldset className="grid gap-2 min-[500px]:grid-cols-3">
          <legend className="pb-2 text-13 font-medium text-soft">{t('drill_kind')}</legend>
          {KINDS.map(([kind, title, text]) => (
            <Tile key={kind} selected={wanted === kind} className="min-h-18 p-3" onClick={() => choose(kind)}>
              <span className="block text-15 font-semibold">{t(title)}</span>
              <span className="block text-13 text-soft">{t(text)}</span>
            </Tile>
          ))}
        </fieldset>
        <p className="min-h-5 text-13 text-soft">
          {on && status?.link.mode_until != null ? <Left until={status.link.mode_until} /> : t('drill_safe')}
        </p>
        {failed !== null && <Notice tone="act">{failed}</Notice>}
        <Button
          look="primary"
          size="large"
          data-autofocus
          disabled={status === undefined || change.isPending}
          onClick={() => put(on ? 'auto' : wanted, onClose)}
        >
          {on ? t('drill_end') : t('drill_start')}
        </Button>
      </div>
    </Sheet>
  );
}

function Left({ until }: { until: string }) {
  const t = useT();
  const nowMs = useNow();
  return (
    <span className="tabular-nums">
      {t('drill_left', { time: countdownText(Date.parse(until) - nowMs) })}
    </span>
  );
}
