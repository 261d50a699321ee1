/** The message type (ISO 8583, 4.1): version, class, function and origin in four digits, in words and in relation. */
import { assert } from '@holdfast/base';
import type { Iso8583Version } from './packager-types.ts';

export type MessageClass =
  | 'authorisation'
  | 'financial'
  | 'file_action'
  | 'reversal'
  | 'reconciliation'
  | 'administrative'
  | 'fee_collection'
  | 'network_management';

export type MessageFunction =
  | 'request'
  | 'response'
  | 'advice'
  | 'advice_response'
  | 'notification'
  | 'notification_acknowledgement'
  | 'instruction'
  | 'instruction_acknowledgement';

export type MessageOrigin = 'acquirer' | 'issuer' | 'other';

/** A message type in words. */
export type Mti = {
  readonly version: Iso8583Version;
  readonly class: MessageClass;
  readonly function: MessageFunction;
  readonly origin: MessageOrigin;
  readonly isRepeat: boolean;
};

const MTI = /^[0-2][1-8][0-7][0-5]$/;
const VERSIONS = ['1987', '1993', '2003'] as const;
const CLASSES = [
  'authorisation',
  'financial',
  'file_action',
  'reversal',
  'reconciliation',
  'administrative',
  'fee_collection',
  'network_management',
] as const;
const FUNCTIONS = [
  'request',
  'response',
  'advice',
  'advice_response',
  'notification',
  'notification_acknowledgement',
  'instruction',
  'instruction_acknowledgement',
] as const;
const ORIGINS = ['acquirer', 'issuer', 'other'] as const;

/** Reads four digits; undefined where one of them is reserved. */
export function parseMti(mti: string): Mti | undefined {
  if (!MTI.test(mti)) return undefined;
  const [version = 0, messageClass = 0, messageFunction = 0, origin = 0] = [...mti].map(Number);
  return {
    version: VERSIONS[version] ?? '1987',
    class: CLASSES[messageClass - 1] ?? 'authorisation',
    function: FUNCTIONS[messageFunction] ?? 'request',
    origin: ORIGINS[origin >> 1] ?? 'other',
    isRepeat: origin % 2 === 1,
  };
}

/** The four digits of a message type. */
export function mtiOf(mti: Mti): string {
  const origin = 2 * ORIGINS.indexOf(mti.origin) + (mti.isRepeat ? 1 : 0);
  const digits = [
    VERSIONS.indexOf(mti.version),
    CLASSES.indexOf(mti.class) + 1,
    FUNCTIONS.indexOf(mti.function),
    origin,
  ];
  return digits.join('');
}

/** `authorisation request from the acquirer, repeated`, for people and logs. */
export function mtiWords(mti: Mti): string {
  const words = `${mti.class} ${mti.function}`.replaceAll('_', ' ');
  return `${words} from the ${mti.origin}${mti.isRepeat ? ', repeated' : ''}`;
}

/** The type of the answer: 0100 → 0110, 0421 → 0430. A repeat is answered as the message itself. */
export function responseOf(mti: string): string {
  const request = known(mti);
  const answered = FUNCTIONS.indexOf(request.function);
  assert(answered % 2 === 0, 'a response is not answered');
  return mtiOf({ ...request, function: FUNCTIONS[answered + 1] ?? 'response', isRepeat: false });
}

/** The type of the same message sent again: 0420 → 0421. */
export function repeatOf(mti: string): string {
  return mtiOf({ ...known(mti), isRepeat: true });
}

/** The type that takes a message back: 0200 → 0420, an advice, since what happened is no question. */
export function reversalOf(mti: string): string {
  const original = known(mti);
  const isReversible = original.class === 'authorisation' || original.class === 'financial';
  assert(isReversible, 'an authorisation or a financial message is reversed');
  return mtiOf({ ...original, class: 'reversal', function: 'advice', isRepeat: false });
}

/** Whether `response` is the type that answers `request`. */
export function isResponseTo(response: string, request: string): boolean {
  const asked = parseMti(request);
  return (
    asked !== undefined && FUNCTIONS.indexOf(asked.function) % 2 === 0 && responseOf(request) === response
  );
}

function known(mti: string): Mti {
  const parsed = parseMti(mti);
  assert(parsed !== undefined, 'the message type is one of ISO 8583');
  return parsed;
}
