/** The receipt printer: its paper as it comes out, and what can happen to a printer on a busy day. */
import { Button, Tile } from '@holdfast/ui';
import { Printer, Scissors } from 'lucide-react';
import { useT } from '../context.tsx';
import { DevicePanel } from './device-panel.tsx';
import { type Device, type Hand, useHand } from './device-queries.ts';
import { flagOf, numberOf, partsOf, type Seen, textOf } from './device-view.ts';
import { PaperRoll } from './paper-roll.tsx';

const OWN = ['open_cover', 'close_cover', 'new_roll', 'tear_off'];
/** A line in so many milliseconds: as a person can follow it, and as a printer does it. */
const SLOW_MS = 400;
const FAST_MS = 20;
/** What is left when the paper is about to end. */
const LAST_MM = 12;
const MM_A_METRE = 1_000;

export function PrinterPanel({ device }: { device: Device }) {
  const t = useT();
  const hand = useHand(device.kind);
  const seen: Seen = device.snapshot ?? {};
  return (
    <DevicePanel icon={Printer} title={t('dev_printer')} device={device} hand={hand} own={OWN}>
      <Facts seen={seen} />
      <PaperRoll paper={partsOf(seen, 'paper')} />
      <Deeds seen={seen} hand={hand} />
    </DevicePanel>
  );
}

function Facts({ seen }: { seen: Seen }) {
  const t = useT();
  const millimetres = numberOf(seen, 'paper_mm') ?? 0;
  const metres = Math.round((10 * millimetres) / MM_A_METRE) / 10;
  const error = textOf(seen, 'error');
  const facts = [
    millimetres > 0 ? t('dev_paper_left', { metres }) : t('dev_paper_out'),
    ...(flagOf(seen, 'is_cover_open') ? [t('dev_cover_open')] : []),
    ...(flagOf(seen, 'is_powered') ? [] : [t('dev_off')]),
    ...(textOf(seen, 'cable') === 'plugged' ? [] : [t('dev_unplugged')]),
    ...(error === 'none' || error === '' ? [] : [t('dev_error', { error })]),
  ];
  return <p className="text-13 text-soft tabular-nums">{facts.join(' · ')}</p>;
}

function Deeds({ seen, hand }: { seen: Seen; hand: Hand }) {
  const t = useT();
  const isOpen = flagOf(seen, 'is_cover_open');
  const isOut = (numberOf(seen, 'paper_mm') ?? 0) <= LAST_MM;
  const isPlugged = textOf(seen, 'cable') === 'plugged';
  const { press } = hand;
  return (
    <div className="grid grid-cols-2 gap-2">
      <Button disabled={partsOf(seen, 'paper').length === 0} onClick={() => press('tear_off')}>
        <Scissors aria-hidden size={18} /> {t('dev_tear')}
      </Button>
      <Button onClick={() => press(isOpen ? 'close_cover' : 'open_cover')}>
        {isOpen ? t('dev_close_cover') : t('dev_open_cover')}
      </Button>
      <Button onClick={() => (isOut ? press('new_roll') : press('set_paper', { millimetres: 0 }))}>
        {isOut ? t('dev_new_roll') : t('dev_end_paper')}
      </Button>
      <Button onClick={() => press('set_cable', { state: isPlugged ? 'cut' : 'plugged' })}>
        {isPlugged ? t('dev_unplug') : t('dev_plug')}
      </Button>
      <Speed word={t('dev_slow')} lineMs={SLOW_MS} seen={seen} hand={hand} />
      <Speed word={t('dev_fast')} lineMs={FAST_MS} seen={seen} hand={hand} />
    </div>
  );
}

type SpeedProps = { word: string; lineMs: number; seen: Seen; hand: Hand };

function Speed({ word, lineMs, seen, hand }: SpeedProps) {
  return (
    <Tile
      selected={numberOf(seen, 'line_ms') === lineMs}
      className="min-h-14 px-3 text-center! text-15 font-medium"
      onClick={() => hand.press('set_speed', { line_ms: lineMs })}
    >
      {word}
    </Tile>
  );
}
