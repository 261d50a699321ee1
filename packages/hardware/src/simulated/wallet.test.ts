import { inspect } from 'node:util';
import {
  binOf,
  brandOf,
  CardData,
  fromHex,
  isLuhnValid,
  openIssuerCertificate,
  parseTrack1,
  parseTrack2,
  serviceCodeOf,
  toHex,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import { expect, test } from 'vitest';
import { CARD_PRODUCTS } from './card/products.ts';
import { seededDigits, seededRandom } from './card/seeded.ts';
import { ask, say, valueIn } from './card/testing-chip.ts';
import { testWallet } from './testing-terminal.ts';
import type { Wallet } from './wallet.ts';

const wallet = testWallet();
const text = (data: CardData | undefined) =>
  data?.use((bytes) => Buffer.from(bytes).toString('latin1')) ?? '';
const secret = (name: string) => new Secret(Buffer.from(name));

function stripeOf(of: Wallet, id: string): readonly [string, string] {
  const { track1, track2 } = of.card(id)?.swipe() ?? {};
  return [text(track1), text(track2)];
}

test('one seed makes one wallet, another seed another one', () => {
  const [same, other] = [testWallet(), testWallet({ seed: secret('another wallet') })];
  const picture = (of: Wallet) => ({
    keys: of.caKeys.map(({ checksum }) => toHex(checksum)),
    stripe: stripeOf(of, 'visa-offline-pin'),
    issuer: of.issuerKeys.visa.ac.use(toHex),
    revoked: of.revoked.map(({ serialNumber }) => toHex(serialNumber)),
  });
  expect(picture(same)).toEqual(picture(wallet));
  for (const [name, value] of Object.entries(picture(other))) {
    expect(value, name).not.toEqual(picture(wallet)[name as keyof ReturnType<typeof picture>]);
  }
});

test('every card has an id of its own, and a label that names its PIN', () => {
  const ids = wallet.cards.map(({ id }) => id);
  expect(ids).toEqual(CARD_PRODUCTS.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z-]+$/);
  expect(wallet.card('visa-offline-pin')?.label).toBe('Visa, offline PIN 1234');
  expect(wallet.card('visa-signature')?.label).toBe('Visa, signature');
  expect(wallet.card('nobody')).toBeUndefined();
});

test('PINs can be longer, drawn from the seed, and the issuer knows them', () => {
  const drawn = testWallet({ pinDigits: 8 });
  const label = drawn.card('visa-online-pin')?.label ?? '';
  const pin = /\d{8}$/.exec(label)?.[0] ?? '';
  expect(label).toBe(`Visa, PIN checked by the issuer ${pin}`);
  using pan = panOf(drawn, 'visa-online-pin');
  expect(drawn.account(pan)?.isPin(CardData.ofText(pin))).toBe(true);
  expect(drawn.account(pan)?.isPin(CardData.ofText('4315'))).toBe(false);
  expect(wallet.account(pan)?.isPin(CardData.ofText('4315'))).toBe(true);
  using unknown = CardData.ofText('4761730000000000');
  expect(wallet.account(unknown)).toBeUndefined();
});

test('cards are issued at home, and the foreign one abroad', async () => {
  const currencyOf = async (of: Wallet, id: string) => {
    const chip = of.card(id)?.powerUp('contact');
    if (chip === undefined) throw new Error('the card has a chip');
    await ask(chip, say.select(fromHex('F0484644011010')));
    await ask(chip, say.options());
    const { data } = await ask(chip, say.readRecord(3, 1));
    return ['9F42', '5F28'].map((tag) => toHex(valueIn(data, tag)));
  };
  const dollar = fromHex('0840');
  const american = testWallet({ home: { country: dollar, currency: dollar } });
  expect(await currencyOf(wallet, 'visa-offline-pin')).toEqual(['0752', '0752']);
  expect(await currencyOf(wallet, 'visa-foreign')).toEqual(['0840', '0840']);
  expect(await currencyOf(american, 'visa-offline-pin')).toEqual(['0840', '0840']);
  expect(await currencyOf(american, 'visa-foreign')).toEqual(['0826', '0826']);
});

test('numbers are test numbers of their brand with a right check digit, all different', () => {
  const seen = new Set<string>();
  for (const { id, issuer } of CARD_PRODUCTS) {
    if (id === 'visa-damaged-stripe') continue;
    using pan = panOf(wallet, id);
    expect(pan.use(isLuhnValid)).toBe(true);
    expect(pan.use(brandOf)).toMatchObject({
      brand: issuer === 'revoked' ? 'visa' : issuer,
      isLengthAllowed: true,
    });
    expect(pan.use(binOf)).toMatch(/^(476173|476174|541333|374245|679999)/);
    seen.add(text(pan));
    expect(wallet.account(pan)).toMatchObject({ cardId: id, issuer, sequenceNumber: 1 });
  }
  expect(seen.size).toBe(CARD_PRODUCTS.length - 1);
});

test('stripe and chip say the same number, month and service, and not the same issuer’s data', async () => {
  for (const { id, serviceCode } of CARD_PRODUCTS) {
    const { track1, track2 } = wallet.card(id)?.swipe() ?? {};
    const chip = wallet.card(id)?.powerUp('contact');
    if (track1 === undefined || track2 === undefined) {
      expect(id).toBe('visa-damaged-stripe');
      continue;
    }
    const [one, two] = [track1.use(parseTrack1), track2.use(parseTrack2)];
    if (!one.ok || !two.ok) throw new Error(id);
    expect(one.track.pan.isSame(two.track.pan)).toBe(true);
    expect([one.track.serviceCode, two.track.serviceCode]).toEqual([serviceCode, serviceCode]);
    expect(one.track.expiry).toEqual(two.track.expiry);
    expect(serviceCodeOf(serviceCode).hasChip).toBe(wallet.card(id)?.hasChip);
    if (chip === undefined || wallet.card(id)?.id === 'visa-card-blocked') continue;
    const { data } = await ask(chip, say.select(fromHex('F048464401')));
    expect(toHex(valueIn(data, '84'))).toMatch(/^F048464401/);
    await ask(chip, say.options());
    const record = await ask(chip, say.readRecord(1, 1));
    const tag57 = toHex(valueIn(record.data, '57'));
    const ofStripe = `${text(two.track.pan)}D`;
    expect(tag57.startsWith(ofStripe)).toBe(true);
    expect(tag57.slice(ofStripe.length, ofStripe.length + 7)).toContain(serviceCode);
    expect(tag57).not.toContain(text(two.track.discretionary));
  }
});

test('the certificate that was called back is the one of its card', async () => {
  const card = wallet.card('visa-revoked-issuer')?.powerUp('contact');
  if (card === undefined) throw new Error('the card has a chip');
  await ask(card, say.select(fromHex('F0484644011010')));
  await ask(card, say.options());
  const { data } = await ask(card, say.readRecord(2, 1));
  const index = valueIn(data, '8F')[0];
  const caKey = wallet.caKeys.find((key) => key.index === index);
  if (caKey === undefined) throw new Error('the terminal has its key');
  const opened = openIssuerCertificate(
    { certificate: valueIn(data, '90'), remainder: valueIn(data, '92'), exponent: valueIn(data, '9F32') },
    caKey,
  );
  expect(opened).toMatchObject({ ok: true, certificate: { serialNumber: wallet.revoked[0]?.serialNumber } });
});

test('nothing of a wallet prints a number, a track or a key', () => {
  const printed = inspect(wallet, { depth: 12, showHidden: true });
  for (const { id } of CARD_PRODUCTS) {
    if (id === 'visa-damaged-stripe') continue;
    using pan = panOf(wallet, id);
    expect(printed).not.toContain(text(pan));
  }
  expect(() => JSON.stringify(wallet.cards.map((card) => card.swipe()))).toThrow('not written as JSON');
});

test('keys whose signatures would not fit an answer are refused', () => {
  expect(() => testWallet({ modulusLengths: { ca: 200, issuer: 176, icc: 160 } })).toThrow('fits an answer');
  expect(() => testWallet({ pinDigits: 3 })).toThrow('4 to 12');
});

test('what is drawn depends on seed and purpose alone, however it is asked for', () => {
  const random = seededRandom(secret('a'), 'x');
  const parts = [3, 40, 1, 20].flatMap((length) => [...random.bytes(length)]);
  expect(parts).toEqual([...seededRandom(secret('a'), 'x').bytes(64)]);
  expect(parts).not.toEqual([...seededRandom(secret('a'), 'y').bytes(64)]);
  expect(parts).not.toEqual([...seededRandom(secret('b'), 'x').bytes(64)]);
  const unit = seededRandom(secret('a'), 'x').unit();
  expect(unit >= 0 && unit < 1).toBe(true);
  const counts = new Map<number, number>();
  for (const digit of seededDigits(random, 5_000)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  expect([...counts.keys()].toSorted()).toEqual([...'0123456789'].map((digit) => digit.charCodeAt(0)));
  for (const count of counts.values()) expect(count).toBeGreaterThan(400);
});

/** The number is on the stripe: between the start sentinel and the separator. */
function panOf(of: Wallet, id: string): CardData {
  const { track1, track2 } = of.card(id)?.swipe() ?? {};
  const pan = track2?.use((track) => CardData.take(track.slice(1, track.indexOf(0x3d))));
  track1?.wipe();
  track2?.wipe();
  if (pan === undefined) throw new Error(`${id} has a stripe`);
  return pan;
}
