/** The PIN of one person, by touch or keyboard; wrong tries are counted, and a lock counts down. */
import { Button, countdownText, Keypad, type KeypadKey } from '@holdfast/ui';
import { ChevronLeft } from 'lucide-react';
import { useState } from 'react';
import { useT, useTill } from '../context.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { keypadKey, pressPin } from '../logic/entry.ts';
import type { SignedIn, Staff } from '../session.ts';
import { Initials } from './initials.tsx';
import { Notice } from './notice.tsx';

type Progress =
  | { kind: 'asking' }
  | { kind: 'busy' }
  | { kind: 'wrong'; triesLeft: number | null }
  | { kind: 'locked'; untilMs: number }
  | { kind: 'failed'; text: string };

const LOCK_MS = 60_000;

/** Signs in through the session store, which turns the page. */
export function PinPad({ person, onBack }: { person: Staff; onBack: () => void }) {
  const t = useT();
  const nowMs = useNow();
  const { pin, progress, press, submit } = usePin(person);
  const locked = progress.kind === 'locked' && progress.untilMs > nowMs;
  const still = locked || progress.kind === 'busy';

  useKeys((event) => {
    const key = keypadKey(event.key);
    if (event.key === 'Escape') onBack();
    else if (still || event.metaKey || event.ctrlKey || event.altKey) return;
    else if (key !== null && key !== '.') press(key);
    else if (event.key === 'Enter' && pin !== '' && !isElsewhere(event.target)) submit();
    else return;
    event.preventDefault();
  });

  return (
    <div className="flex w-[min(340px,100%)] flex-col gap-4">
      <div className="grid grid-cols-[56px_1fr_56px] place-items-center">
        <Button look="quiet" size="icon" aria-label={t('sign_in_other')} onClick={onBack}>
          <ChevronLeft aria-hidden size={24} className="rtl:rotate-180" />
        </Button>
        <Initials name={person.name} className="size-14 bg-sunken text-17" />
      </div>
      <PinDots name={person.name} count={pin.length} />
      <div className="grid min-h-16 items-center">
        <PinNotice progress={progress} nowMs={nowMs} />
      </div>
      <Keypad backLabel={t('delete_digit')} onKey={press} disabled={still} />
      <Button look="primary" size="large" disabled={still || pin === ''} onClick={submit}>
        {progress.kind === 'busy' ? t('sign_in_busy') : t('sign_in_action')}
      </Button>
    </div>
  );
}

/** True if Enter was meant for another button than the pad's own. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof HTMLButtonElement;
}

function usePin(person: Staff) {
  const { send, session, clock, t } = useTill();
  const [pin, setPin] = useState('');
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' });
  const press = (key: KeypadKey) => {
    setPin((text) => pressPin(text, key));
    if (progress.kind === 'wrong' || progress.kind === 'failed') setProgress({ kind: 'asking' });
  };
  const submit = async () => {
    setProgress({ kind: 'busy' });
    const current = session.get();
    const token = 'terminal' in current ? current.terminal.token : null;
    const body = { staff_id: person.staff_id, pin };
    const answer = await send<SignedIn>('/api/v1/sessions', token, { method: 'POST', body });
    setPin('');
    if (answer.kind === 'ok') return session.signIn(answer.value);
    if (answer.kind === 'unreachable') return setProgress({ kind: 'failed', text: `${t('edge_gone')}.` });
    const { problem, retryAfterMs } = answer;
    session.refused(token, problem);
    if (problem.code === 'wrong_pin') setProgress({ kind: 'wrong', triesLeft: problem.tries_left ?? null });
    else if (problem.code === 'locked_out') {
      setProgress({ kind: 'locked', untilMs: clock.tickMs() + (retryAfterMs ?? LOCK_MS) });
    } else setProgress({ kind: 'failed', text: `${problem.title}. ${problem.action}` });
  };
  return { pin, progress, press, submit: () => void submit() };
}

function PinDots({ name, count }: { name: string; count: number }) {
  const t = useT();
  return (
    <div
      role="img"
      aria-label={`${t('sign_in_pin', { name })}: ${t('sign_in_pin_digits', { n: count })}`}
      className="flex h-14 items-center justify-center gap-3 rounded-card bg-sunken"
    >
      {Array.from({ length: Math.max(4, count) }, (_, place) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: dots have no identity but their place.
          key={place}
          className={
            place < count
              ? 'size-3.5 rounded-full bg-text'
              : 'size-3.5 rounded-full border-2 border-line-strong'
          }
        />
      ))}
    </div>
  );
}

function PinNotice({ progress, nowMs }: { progress: Progress; nowMs: number }) {
  const t = useT();
  if (progress.kind === 'failed') return <Notice tone="act">{progress.text}</Notice>;
  if (progress.kind === 'wrong') {
    const left = progress.triesLeft;
    return (
      <Notice tone="act">
        {t('sign_in_wrong')} {left !== null && t('sign_in_tries', { n: left })}
      </Notice>
    );
  }
  if (progress.kind !== 'locked' || progress.untilMs <= nowMs) return null;
  return (
    <div className="tabular-nums">
      <Notice tone="act" spoken={false}>
        {t('sign_in_locked', { time: countdownText(progress.untilMs - nowMs) })}
      </Notice>
    </div>
  );
}
