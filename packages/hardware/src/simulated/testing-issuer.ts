/** An issuer for tests: it has the keys of the wallet's issuers alone, and judges by what field 55 says. */
import {
  type AuthorisationRequest,
  CRYPTOGRAM_RULES,
  type CryptogramVersion,
  CSU,
  cryptogramData,
  cryptogramOf,
  encodeTlv,
  findTlv,
  type KernelAnswer,
  masterKeyFor,
  parseTlv,
  readIssuerApplicationData,
  toHex,
  writeIssuerAuthentication,
} from '@holdfast/cards';
import { cardKeysOf } from './card/make-card.ts';
import { CARD_PRODUCTS } from './card/products.ts';
import type { Wallet } from './wallet.ts';

type Answer = Extract<KernelAnswer, { to: 'authorise' }>;

/** What came to the issuer, and whether the cryptogram in it is the card's. */
export type Judged = {
  cardId: string;
  version: CryptogramVersion;
  isGenuine: boolean;
  atc: Uint8Array;
  cryptogram: Uint8Array;
};

export type TestIssuer = {
  readonly judged: Judged[];
  answer(request: AuthorisationRequest): Answer;
};

export type IssuerBehaviour = {
  arc?: string;
  isApproved?: boolean;
  /** Flips a bit of the authentication data. */
  isWrong?: boolean;
  /** Sends none. */
  isSilent?: boolean;
  statusUpdate?: Parameters<typeof CSU.write>[0];
  /** Commands that are secured for this payment, under template 71 or 72. */
  scripts?: (judged: Judged) => { template: '71' | '72'; commands: readonly Uint8Array[] };
};

/** Reads what was sent, as an issuer does. */
export function judge(
  wallet: Wallet,
  { chipData, pan }: Pick<AuthorisationRequest, 'chipData' | 'pan'>,
): Judged {
  const parsed = parseTlv(chipData);
  if (!parsed.ok) throw new Error(parsed.reason);
  const value = (tag: string) => findTlv(parsed.objects, tag)?.value;
  const account = wallet.account(pan);
  const read = readIssuerApplicationData(value('9F10') ?? new Uint8Array());
  if (account === undefined || read === undefined) throw new Error('a card of the wallet');
  const { version } = read;
  const masterKey = masterKeyOf(wallet, pan, version);
  const atc = value('9F36') ?? new Uint8Array();
  const cryptogram = value('9F26') ?? new Uint8Array();
  const data = cryptogramData(version, value);
  if (data === undefined) throw new Error('field 55 has what the cryptogram is over');
  const expected = cryptogramOf(version, { masterKey, data, atc, unpredictableNumber: value('9F37') });
  return {
    cardId: account.cardId,
    version,
    isGenuine: toHex(expected) === toHex(cryptogram),
    atc: atc.slice(),
    cryptogram: cryptogram.slice(),
  };
}

/** An issuer that answers so to everything that is genuine. */
export function createTestIssuer(wallet: Wallet, behaviour: IssuerBehaviour = {}): TestIssuer {
  const judged: Judged[] = [];
  return {
    judged,
    answer(request) {
      const found = judge(wallet, request);
      judged.push(found);
      const { arc = '00', isApproved = true } = behaviour;
      const scripts = behaviour.scripts?.(found);
      return {
        to: 'authorise',
        kind: 'answered',
        arc: found.isGenuine ? arc : '05',
        isApproved: isApproved && found.isGenuine,
        issuerAuthenticationData:
          behaviour.isSilent === true ? undefined : authenticated(wallet, request, found, behaviour),
        scripts: scripts && encodeScripts(scripts),
      };
    },
  };
}

/** The card's key for cryptograms, as its issuer derives it. */
function masterKeyOf(wallet: Wallet, pan: AuthorisationRequest['pan'], version: CryptogramVersion) {
  const account = wallet.account(pan);
  if (account === undefined) throw new Error('a card of the wallet');
  return pan.use((digits) =>
    masterKeyFor(version, {
      issuerMasterKey: account.issuerKeys.ac,
      pan: digits,
      panSequenceNumber: account.sequenceNumber,
    }),
  );
}

function authenticated(
  wallet: Wallet,
  { pan, chipData }: AuthorisationRequest,
  { version, atc, cryptogram }: Judged,
  { arc = '00', isApproved = true, isWrong, statusUpdate }: IssuerBehaviour,
): Uint8Array {
  const parsed = parseTlv(chipData);
  const number = parsed.ok ? findTlv(parsed.objects, '9F37')?.value : undefined;
  const isMethod1 = CRYPTOGRAM_RULES[version].arpcMethod === 1;
  const update = { issuerApproves: isApproved, countersHigh: true, ...statusUpdate };
  const data = writeIssuerAuthentication(version, {
    masterKey: masterKeyOf(wallet, pan, version),
    arqc: cryptogram,
    atc,
    unpredictableNumber: number,
    code: isMethod1 ? Buffer.from(arc, 'latin1') : CSU.write(update),
  });
  if (isWrong === true) data[0] = (data[0] ?? 0) ^ 1;
  return data;
}

/** All three keys of a card of the wallet, as its issuer derives them. */
export function keysOfCard(wallet: Wallet, pan: AuthorisationRequest['pan']) {
  const account = wallet.account(pan);
  const product = CARD_PRODUCTS.find(({ id }) => id === account?.cardId);
  const [application] = product?.applications ?? [];
  if (account === undefined || application === undefined) throw new Error('a chip card of the wallet');
  return pan.use((digits) => cardKeysOf(application, account.issuerKeys, digits));
}

function encodeScripts({ template, commands }: { template: '71' | '72'; commands: readonly Uint8Array[] }) {
  const children = [
    { tag: '9F18', value: Uint8Array.of(0, 0, 0, 1) },
    ...commands.map((value) => ({ tag: '86', value })),
  ];
  return encodeTlv([{ tag: template, children }]);
}
