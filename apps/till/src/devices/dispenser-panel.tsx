/** The cash dispenser: its cassettes, its shutter, and a customer who takes the notes or does not. */
import { Button, Tile } from '@holdfast/ui';
import { Banknote } from 'lucide-react';
import { useT } from '../context.tsx';
import { CassetteRow } from './cassette-row.tsx';
import { DevicePanel } from './device-panel.tsx';
import { type Device, type Hand, useHand } from './device-queries.ts';
import { numberOf, partsOf, type Seen, textOf } from './device-view.ts';

const OWN = [
  'take_notes',
  'set_customer',
  'clear_jam',
  'fill',
  'miscount',
  'remove_cassette',
  'insert_cassette',
];
const TAKES_AFTER_MS = 2_000;

export function DispenserPanel({ device }: { device: Device }) {
  const t = useT();
  const hand = useHand(device.kind);
  const seen: Seen = device.snapshot ?? {};
  const inShutter = numberOf(seen, 'shutter_notes') ?? 0;
  const cassettes = partsOf(seen, 'cassettes');
  return (
    <DevicePanel icon={Banknote} title={t('dev_dispenser')} device={device} hand={hand} own={OWN}>
      <p role="status" className="rounded-card bg-sunken px-4 py-3 text-17 font-medium tabular-nums">
        {inShutter > 0 ? t('dev_shutter', { n: inShutter }) : t('dev_shutter_none')}
        {textOf(seen, 'jammed_at') !== '' && <span className="text-waiting"> · {t('dev_jammed')}</span>}
      </p>
      <Button
        look={inShutter > 0 ? 'primary' : 'secondary'}
        disabled={inShutter === 0}
        onClick={() => hand.press('take_notes')}
      >
        {t('dev_take')}
      </Button>
      <Customer seen={seen} hand={hand} />
      <Troubles seen={seen} hand={hand} />
      <ul className="divide-y divide-line border-t border-line">
        {cassettes.map((cassette) => (
          <CassetteRow key={numberOf(cassette, 'slot') ?? 0} cassette={cassette} hand={hand} />
        ))}
      </ul>
    </DevicePanel>
  );
}

function Customer({ seen, hand }: { seen: Seen; hand: Hand }) {
  const t = useT();
  const takes = numberOf(seen, 'customer_takes_after_ms') !== null;
  const set = (isTaking: boolean) =>
    hand.press('set_customer', { takes: isTaking, after_ms: TAKES_AFTER_MS });
  return (
    <div className="grid grid-cols-2 gap-2">
      <Tile
        selected={takes}
        className="min-h-14 px-3 text-center! text-15 font-medium"
        onClick={() => set(true)}
      >
        {t('dev_customer_takes')}
      </Tile>
      <Tile
        selected={!takes}
        className="min-h-14 px-3 text-center! text-15 font-medium"
        onClick={() => set(false)}
      >
        {t('dev_customer_leaves')}
      </Tile>
    </div>
  );
}

function Troubles({ seen, hand }: { seen: Seen; hand: Hand }) {
  const t = useT();
  const isJammed = textOf(seen, 'jammed_at') !== '';
  return (
    <>
      {textOf(seen, 'next_jam') !== '' && <p className="text-13 text-waiting">{t('dev_next_jam')}</p>}
      <div className="grid grid-cols-2 gap-2">
        <Button className="px-2" onClick={() => hand.press('jam', { at: 'pick' })}>
          {t('dev_jam_pick')}
        </Button>
        <Button className="px-2" onClick={() => hand.press('jam', { at: 'present' })}>
          {t('dev_jam_present')}
        </Button>
        <Button className="px-2" disabled={!isJammed} onClick={() => hand.press('clear_jam')}>
          {t('dev_clear_jam')}
        </Button>
        <Button className="px-2" onClick={() => hand.press('bad_notes', { notes: 1 })}>
          {t('dev_torn')}
        </Button>
      </div>
    </>
  );
}
