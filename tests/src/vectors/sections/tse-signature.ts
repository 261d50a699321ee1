/**
 * Whether the signature on a German receipt is that of its text. What the security system signs (BSI TR-03151-1, 6.2, a
 * transaction log for FinishTransaction) can be put together from the parts of the code, all but the time of the start: so a
 * digit that was changed in any other part shows.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { TseCode } from '@holdfast/commerce';

const LOG_OID = '060904007f000703070101';
/** The last two bytes of 0.4.0.127.0.7.1.1.4.1.x, ECDSA in plain form, by hash. */
const ALGORITHMS: Readonly<Record<string, readonly [oid: string, hash: string]>> = {
  'ecdsa-plain-SHA224': ['060a04007f00070101040102', 'sha224'],
  'ecdsa-plain-SHA256': ['060a04007f00070101040103', 'sha256'],
  'ecdsa-plain-SHA384': ['060a04007f00070101040104', 'sha384'],
  'ecdsa-plain-SHA512': ['060a04007f00070101040105', 'sha512'],
};
/** By bytes of the point: the curves as the DER of their object identifiers. */
const CURVES: ReadonlyMap<number, readonly string[]> = new Map([
  [65, ['06082a8648ce3d030107', '06092b2403030208010107']],
  [97, ['06052b81040022', '06092b240303020801010b']],
]);
const UNCOMPRESSED = 0x04;
const EC_PUBLIC_KEY = '06072a8648ce3d0201';

/** Undefined where the code holds no key and algorithm that can be tried. */
export function isSignedTse(code: TseCode): boolean | undefined {
  const point = Buffer.from(code.publicKey, 'base64');
  const curves = CURVES.get(point.length);
  const algorithm = ALGORITHMS[code.signatureAlgorithm];
  if (curves === undefined || point[0] !== UNCOMPRESSED || algorithm === undefined) return undefined;
  const [oid, hash] = algorithm;
  const signature = Buffer.from(code.signature, 'base64');
  const keys = curves.map((curve) => keyOf(curve, point)).filter((key) => key !== undefined);
  return logTimes(code).some((time) => {
    const message = messageOf(code, { point, oid, time });
    return keys.some((key) =>
      (['der', 'ieee-p1363'] as const).some((dsaEncoding) =>
        verify(hash, message, { key, dsaEncoding }, signature),
      ),
    );
  });
}

/** Undefined where the point is not on the curve. */
function keyOf(curve: string, point: Buffer): KeyObject | undefined {
  const algorithm = der(0x30, Buffer.from(EC_PUBLIC_KEY + curve, 'hex'));
  const key = der(0x30, Buffer.concat([algorithm, der(0x03, Buffer.concat([Buffer.of(0), point]))]));
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function messageOf(
  code: TseCode,
  { point, oid, time }: { point: Buffer; oid: string; time: Buffer },
): Buffer {
  return Buffer.concat([
    integer(2n),
    Buffer.from(LOG_OID, 'hex'),
    der(0x80, Buffer.from('FinishTransaction')),
    der(0x81, Buffer.from(code.cashRegisterSerial)),
    der(0x82, Buffer.from(code.processData)),
    der(0x83, Buffer.from(code.processType)),
    der(0x85, integer(BigInt(code.transactionNumber)).subarray(2)),
    der(0x04, createHash('sha256').update(point).digest()),
    der(0x30, Buffer.from(oid, 'hex')),
    integer(BigInt(code.signatureCounter)),
    time,
  ]);
}

/** The time of the log in the forms that its format allows. */
function logTimes({ logTime, logTimeFormat }: TseCode): Buffer[] {
  const date = new Date(logTime);
  if (logTimeFormat === 'unixTime') return [integer(BigInt(Math.floor(date.getTime() / 1000)))];
  const digits = date.toISOString().replaceAll(/\D/g, '');
  const [whole, millis] = [digits.slice(0, 14), digits.slice(14)];
  if (logTimeFormat === 'utcTime') return [der(0x17, Buffer.from(`${whole.slice(2, 12)}Z`))];
  if (logTimeFormat === 'utcTimeWithSeconds') return [der(0x17, Buffer.from(`${whole.slice(2)}Z`))];
  return [`${whole}Z`, `${whole}.${millis}Z`].map((text) => der(0x18, Buffer.from(text)));
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), value]);
}
