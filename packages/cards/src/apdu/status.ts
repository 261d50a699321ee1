/** Status words (ISO/IEC 7816-4, EMV Book 3 6.3.5) by name and in words. */

/** The status words that a terminal or a simulated card decides by. */
export const SW = {
  ok: 0x9000,
  warningFileInvalidated: 0x6283,
  warning: 0x6300,
  wrongLength: 0x6700,
  securityNotSatisfied: 0x6982,
  authenticationBlocked: 0x6983,
  referenceDataInvalidated: 0x6984,
  conditionsNotSatisfied: 0x6985,
  commandNotAllowed: 0x6986,
  wrongData: 0x6a80,
  functionNotSupported: 0x6a81,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongP1P2: 0x6a86,
  referencedDataNotFound: 0x6a88,
  instructionNotSupported: 0x6d00,
  classNotSupported: 0x6e00,
} as const;

const WORDS: ReadonlyMap<number, string> = new Map([
  [SW.ok, 'The command was carried out.'],
  [SW.warningFileInvalidated, 'The application or file is blocked.'],
  [SW.warning, 'The authentication failed.'],
  [SW.wrongLength, 'The length of the command is wrong.'],
  [SW.securityNotSatisfied, 'The security conditions are not met.'],
  [SW.authenticationBlocked, 'The PIN is blocked.'],
  [SW.referenceDataInvalidated, 'The PIN cannot be verified any more.'],
  [SW.conditionsNotSatisfied, 'The conditions for this command are not met.'],
  [SW.commandNotAllowed, 'The command is not allowed here.'],
  [SW.wrongData, 'The data of the command are wrong.'],
  [SW.functionNotSupported, 'The card does not support this function or is blocked.'],
  [SW.fileNotFound, 'There is no such application or file.'],
  [SW.recordNotFound, 'There is no such record.'],
  [SW.wrongP1P2, 'The parameters of the command are wrong.'],
  [SW.referencedDataNotFound, 'There is no such data object.'],
  [SW.instructionNotSupported, 'The card does not know this instruction.'],
  [SW.classNotSupported, 'The card does not know this class of commands.'],
]);

const CLASSES: ReadonlyMap<number, string> = new Map([
  [0x62, 'The command was carried out with a warning.'],
  [0x63, 'The command was carried out with a warning, and something in the card changed.'],
  [0x64, 'The command failed, and nothing in the card changed.'],
  [0x65, 'The command failed, and something in the card changed.'],
  [0x6a, 'The parameters or data of the command are wrong.'],
]);

/** A sentence about a status word, for logs and screens. */
export function describeStatus(sw: number): string {
  const tries = triesLeft(sw);
  if (tries !== undefined) return `The PIN was wrong; tries left: ${tries}.`;
  const [high, low] = [sw >> 8, sw & 0xff];
  if (high === 0x61) return `The command was carried out; bytes to fetch: ${low || 256}.`;
  if (high === 0x6c) return `The expected length was wrong; the right one: ${low || 256}.`;
  return WORDS.get(sw) ?? CLASSES.get(high) ?? 'The card refused the command.';
}

/** The tries left that `63Cx` tells after a wrong PIN; undefined for other status words. */
export function triesLeft(sw: number): number | undefined {
  return sw >> 4 === 0x63c ? sw & 0xf : undefined;
}

/** True for 62xx and 63xx, which tell of something and are no failure by themselves (Book 1 9.4.2). */
export function isWarning(sw: number): boolean {
  return sw >> 8 === 0x62 || sw >> 8 === 0x63;
}
