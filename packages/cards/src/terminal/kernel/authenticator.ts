/** Offline authentication of a kernel with the keys of the schemes: elements of the card to the checks of EMV Book 2. */
import { must } from '@holdfast/base';
import { wipe } from '../../cipher/bytes.ts';
import type { RsaPublicKey } from '../../cipher/rsa.ts';
import { readCompressed } from '../../encoding/bcd.ts';
import {
  authenticateCombined,
  authenticateDynamicData,
  authenticateStaticData,
  type CardKeyData,
  iccKeyOf,
  type OdaSetting,
} from '../../oda/authenticate.ts';
import type { CaKeys } from '../../oda/ca-keys.ts';
import { type OdaFailure, refused } from '../../oda/refusal.ts';
import { staticDataOf } from '../../oda/static-data.ts';
import { transactionDataHash } from '../../oda/transaction-data.ts';
import type { AuthenticationVerdict, CardView, OfflineAuthenticator } from './profile.ts';

const RID_LENGTH = 5;
const NOTHING = new Uint8Array();

type KeyResult = { ok: true; publicKey: RsaPublicKey } | OdaFailure;
type Certified = { setting: OdaSetting; keys: CardKeyData; staticData: Uint8Array };

/** Authenticates cards by the keys of certification authorities that the terminal trusts. */
export function createAuthenticator(caKeys: CaKeys): OfflineAuthenticator {
  return {
    verifyStatic: (card) => withStaticData(card, caKeys, (certified) => verifyStatic(card, certified)),
    verifyDynamic: (card, { ddolData, signature }) => {
      const key = cardKeyOf(card, caKeys);
      if (!key.ok) return key;
      const verdict = authenticateDynamicData(key.publicKey, { signature, terminalData: ddolData });
      return verdict.ok ? found('9F4C', verdict.iccDynamicNumber) : verdict;
    },
    prepareCombined: (card) => {
      const key = cardKeyOf(card, caKeys);
      return key.ok ? { ok: true, elements: [] } : key;
    },
    verifyCombined: (card, signed) => {
      const key = cardKeyOf(card, caKeys);
      if (!key.ok) return key;
      const verdict = authenticateCombined(key.publicKey, {
        signature: signed.signature,
        unpredictableNumber: signed.unpredictableNumber,
        cryptogramInformation: signed.cryptogramInformation,
        transactionDataHash: transactionDataHash(signed),
      });
      if (!verdict.ok) return verdict;
      const { iccDynamicNumber, applicationCryptogram } = verdict;
      const elements = [
        { tag: '9F4C', value: iccDynamicNumber },
        { tag: '9F26', value: applicationCryptogram },
      ];
      return { ok: true, elements };
    },
    recoverPinKey: (card) => recoverPinKey(card, caKeys),
  };
}

function verifyStatic(card: CardView, { keys, setting, staticData }: Certified): AuthenticationVerdict {
  const verdict = authenticateStaticData(keys, setting, { signature: card.value('93'), staticData });
  return verdict.ok ? found('9F45', verdict.dataAuthenticationCode) : verdict;
}

function cardKeyOf(card: CardView, caKeys: CaKeys): KeyResult {
  return withStaticData(card, caKeys, ({ keys, setting, staticData }) => iccKeyOf(keys, setting, staticData));
}

/** The key that is for PINs only, else the one of signatures, which may be used for both (Book 2 7.1). */
function recoverPinKey(card: CardView, caKeys: CaKeys): RsaPublicKey | undefined {
  if (card.value('9F2D') === undefined) {
    const key = cardKeyOf(card, caKeys);
    return key.ok ? key.publicKey : undefined;
  }
  const setting = settingOf(card, caKeys);
  const key = iccKeyOf(keyDataOf(card, ['9F2D', '9F2F', '9F2E']), setting, NOTHING);
  wipe(setting.pan);
  return key.ok ? key.publicKey : undefined;
}

function withStaticData<T>(
  card: CardView,
  caKeys: CaKeys,
  fn: (certified: Certified) => T | OdaFailure,
): T | OdaFailure {
  const data = staticDataOf({
    records: card.authenticatedRecords,
    tagList: card.value('9F4A'),
    aip: card.value('82') ?? NOTHING,
  });
  if (!data.ok) return refused(data.reason);
  const setting = settingOf(card, caKeys);
  const result = fn({ setting, keys: keyDataOf(card, ['9F46', '9F48', '9F47']), staticData: data.data });
  wipe(data.data, setting.pan);
  return result;
}

function settingOf(card: CardView, caKeys: CaKeys): OdaSetting {
  const pan = must(readCompressed(card.value('5A') ?? NOTHING), 'the number of the card has been checked');
  return { caKeys, rid: card.aid.subarray(0, RID_LENGTH), pan, transactionDate: card.date };
}

function keyDataOf(
  card: CardView,
  [certificate, remainder, exponent]: readonly [string, string, string],
): CardKeyData {
  return {
    caPublicKeyIndex: card.value('8F')?.[0],
    issuerPublicKeyCertificate: card.value('90'),
    issuerPublicKeyRemainder: card.value('92'),
    issuerPublicKeyExponent: card.value('9F32'),
    iccPublicKeyCertificate: card.value(certificate),
    iccPublicKeyRemainder: card.value(remainder),
    iccPublicKeyExponent: card.value(exponent),
  };
}

function found(tag: string, value: Uint8Array): AuthenticationVerdict {
  return { ok: true, elements: [{ tag, value }] };
}
