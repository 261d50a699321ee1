/**
 * The PIN pad with its keys. Digits are gathered here as stars and go to the pad as a whole when OK is pressed: the
 * cards are for tests, and so are their PINs.
 */
import { Button, cx, Keypad, type KeypadKey } from '@holdfast/ui';
import { Grid3x3 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useT } from '../context.tsx';
import { isActionable, isTyping, useKeys } from '../hooks/use-keys.ts';
import { keypadKey, pressPin } from '../logic/entry.ts';
import { DevicePanel } from './device-panel.tsx';
import { type Device, type Hand, useHand } from './device-queries.ts';
import { numberOf, partOf, type Seen, textOf } from './device-view.ts';

const OWN = ['enter_pin', 'press_ok', 'cancel'];

export function PinPadPanel({ device }: { device: Device }) {
  const t = useT();
  const hand = useHand(device.kind);
  const asks = partOf(device.snapshot ?? {}, 'asks');
  return (
    <DevicePanel icon={Grid3x3} title={t('dev_pin_pad')} device={device} hand={hand} own={OWN}>
      <PinKeys asks={asks} hand={hand} />
    </DevicePanel>
  );
}

/** Keys of the keyboard are the pad's while it asks: Enter behind digits is its OK, wherever the focus is but on the pad. */
function PinKeys({ asks, hand }: { asks: Seen | null; hand: Hand }) {
  const t = useT();
  const { pin, press, ok, cancel } = usePin(asks, hand);
  const meansAnotherThing = (target: EventTarget | null) =>
    isActionable(target) && (pin === '' || isOnPad(target));
  useKeys((event) => {
    if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    const key = keypadKey(event.key);
    if (key !== null && key !== '.') press(key);
    else if (event.key === 'Enter' && !meansAnotherThing(event.target)) ok();
    else return;
    event.preventDefault();
  }, asks !== null);
  const still = asks === null;
  return (
    <div className="flex flex-col gap-2">
      <PinScreen asks={asks} count={pin.length} />
      <Keypad backLabel={t('delete_digit')} onKey={press} disabled={still} />
      <div className="grid grid-cols-2 gap-2">
        <Button look={still ? 'secondary' : 'danger'} disabled={still} onClick={cancel}>
          {t('dev_cancel')}
        </Button>
        <Button look={still ? 'secondary' : 'primary'} disabled={still} onClick={ok}>
          {t('dev_ok')}
        </Button>
      </div>
      <p className="text-13 text-soft">{t('dev_pin_hint')}</p>
    </div>
  );
}

function isOnPad(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[data-device="pin_pad"]') !== null;
}

function usePin(asks: Seen | null, hand: Hand) {
  const [pin, setPin] = useState('');
  const isAsked = asks !== null;
  useEffect(() => {
    if (!isAsked) setPin('');
  }, [isAsked]);
  const end = (act: () => void) => {
    setPin('');
    act();
  };
  return {
    pin,
    press: (key: KeypadKey) => setPin((text) => pressPin(text, key)),
    ok: () => end(() => (pin === '' ? hand.press('press_ok') : hand.press('enter_pin', { pin }))),
    cancel: () => end(() => hand.press('cancel')),
  };
}

/** What the customer reads, with a star for each digit. */
function PinScreen({ asks, count }: { asks: Seen | null; count: number }) {
  const t = useT();
  const tries = asks === null ? null : numberOf(asks, 'tries_left');
  return (
    <div
      role="status"
      className={cx(
        'flex h-32 flex-col items-center justify-center gap-1 rounded-card bg-ink px-3 py-2 text-center text-paper',
        asks === null && 'opacity-80',
      )}
    >
      {asks === null ? (
        <p className="text-15">{t('dev_pin_idle')}</p>
      ) : (
        <>
          <p className="text-22 font-semibold tabular-nums">{textOf(asks, 'amount')}</p>
          <p className="text-15">{t('dev_pin_asks')}</p>
          <p className="h-7 font-mono text-22">
            <span aria-hidden>{'●'.repeat(count)}</span>
            <span className="sr-only">{t('dev_pin_typed', { n: count })}</span>
          </p>
          {tries !== null && <p className="text-13">{t('dev_pin_tries', { n: tries })}</p>}
        </>
      )}
    </div>
  );
}
