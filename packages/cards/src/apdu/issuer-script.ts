/**
 * Issuer scripts (EMV Book 3 10.10, Book 4 6.3.9 and A5): commands of the issuer that the terminal hands to the card
 * unread, before (template 71) or after (template 72) the last GENERATE AC, and the result it reports of each.
 */
import { parseTlv, type TlvObject } from '../tlv/ber-tlv.ts';

/** All scripts of one answer; terminals take at least 128 bytes. */
const SCRIPTS_BYTES_MAX = 1024;
const IDENTIFIER_LENGTH = 4;
const COMMAND_MIN = 4;
const COMMAND_MAX = 261;

/** One script: its commands as they go to the card. `isWellFormed` is false where they cannot be told. */
export type IssuerScript = {
  when: 'before' | 'after';
  identifier: Uint8Array | undefined;
  commands: readonly Uint8Array[];
  isWellFormed: boolean;
};

export type IssuerScriptsResult =
  | { ok: true; scripts: readonly IssuerScript[] }
  | { ok: false; reason: 'not_tlv' | 'too_long' };

/** Reads the templates 71 and 72 of an answer of the issuer; other objects beside them are passed over. */
export function parseIssuerScripts(bytes: Uint8Array): IssuerScriptsResult {
  if (bytes.length > SCRIPTS_BYTES_MAX) return { ok: false, reason: 'too_long' };
  const parsed = parseTlv(bytes);
  if (!parsed.ok) return { ok: false, reason: 'not_tlv' };
  const scripts = parsed.objects.filter((object) => object.tag === '71' || object.tag === '72').map(scriptOf);
  return { ok: true, scripts };
}

/** How a script went: not at all, well, or until its command number `failedAt`, counted from 1; 0 if it was not readable. */
export type ScriptResult =
  | { kind: 'not_performed' }
  | { kind: 'successful' }
  | { kind: 'failed'; failedAt: number };

/** The five bytes of Issuer Script Results for one script (Book 4 A5). */
export function writeScriptResult(result: ScriptResult, identifier: Uint8Array | undefined): Uint8Array {
  const bytes = new Uint8Array(1 + IDENTIFIER_LENGTH);
  if (result.kind === 'failed') bytes[0] = 0x10 | Math.min(result.failedAt, 0xf);
  if (result.kind === 'successful') bytes[0] = 0x20;
  if (identifier !== undefined) bytes.set(identifier, 1);
  return bytes;
}

function scriptOf(template: TlvObject): IssuerScript {
  const objects = template.children ?? [];
  const identifier = objects.find((object) => object.tag === '9F18')?.value;
  const commands = objects.filter((object) => object.tag === '86').map((object) => object.value);
  const isIdentifierFit = identifier === undefined || identifier.length === IDENTIFIER_LENGTH;
  return {
    when: template.tag === '71' ? 'before' : 'after',
    identifier: isIdentifierFit ? identifier : undefined,
    commands,
    isWellFormed:
      isIdentifierFit && commands.every((bytes) => isBetween(bytes.length, COMMAND_MIN, COMMAND_MAX)),
  };
}

function isBetween(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
