/** Terminal Type, tag 9F35: who operates the terminal, whether somebody attends it, how it reaches the issuer (EMV Book 4 A1). */

/** A terminal type in words. */
export type TerminalType = {
  operator: 'financial_institution' | 'merchant' | 'cardholder';
  isAttended: boolean;
  communication: 'online_only' | 'offline_with_online' | 'offline_only';
};

const OPERATORS = ['financial_institution', 'merchant', 'cardholder'] as const;
const COMMUNICATIONS = ['online_only', 'offline_with_online', 'offline_only'] as const;

/** The meaning of the byte; undefined where the standard gives none. */
export function readTerminalType(byte: number): TerminalType | undefined {
  const operator = OPERATORS[(byte >> 4) - 1];
  const place = (byte & 0x0f) - 1;
  const communication = COMMUNICATIONS[place % 3];
  if (operator === undefined || communication === undefined || place > 5) return undefined;
  return { operator, isAttended: place < 3, communication };
}

/** The byte of a meaning, such as 0x22 for a merchant's attended terminal that works offline and online. */
export function writeTerminalType(type: TerminalType): number {
  const place = COMMUNICATIONS.indexOf(type.communication) + (type.isAttended ? 1 : 4);
  return ((OPERATORS.indexOf(type.operator) + 1) << 4) | place;
}

/** True for a cash machine: types 14, 15 and 16 with the capability to give cash (Book 4 A1). */
export function isAtm(type: TerminalType, capabilities: { cash: boolean }): boolean {
  return type.operator === 'financial_institution' && !type.isAttended && capabilities.cash;
}
