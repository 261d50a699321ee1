/**
 * What a scanner sends: the code, and a carriage return or a line feed behind it. Scanners that are set to it put the
 * AIM identifier of the symbology before the code (ISO/IEC 15424): `]`, a letter, a modifier.
 */
import type { ScannedCode } from '../ports/small-devices.ts';

/** What the largest code of any kind holds: digits of a QR code 40-L (ISO/IEC 18004); more is no code. */
const CODE_BYTES_MAX = 7_089;
const CR = 0x0d;
const LF = 0x0a;
const AIM_CHARACTERS = 3;

/** By letter and modifier where the modifier tells another kind, else by letter. */
const SYMBOLOGIES: ReadonlyMap<string, string> = new Map([
  [']A', 'code_39'],
  [']C', 'code_128'],
  [']C1', 'gs1_128'],
  [']E', 'ean_13'],
  [']E4', 'ean_8'],
  [']F', 'codabar'],
  [']G', 'code_93'],
  [']I', 'interleaved_2_of_5'],
  [']L', 'pdf_417'],
  [']Q', 'qr'],
  [']Q3', 'gs1_qr'],
  [']d', 'data_matrix'],
  [']d2', 'gs1_data_matrix'],
  [']e', 'gs1_data_bar'],
  [']z', 'aztec'],
]);
const AIM = /^\][A-Za-z][0-9A-Za-z]/;

/** Puts codes together from chunks of any size. One that is longer than any code is dropped whole. */
export class ScannedLines {
  #line: number[] = [];
  #isTooLong = false;

  take(bytes: Uint8Array): ScannedCode[] {
    const codes: ScannedCode[] = [];
    for (const byte of bytes) {
      if (byte !== CR && byte !== LF) this.#add(byte);
      else {
        if (this.#line.length > 0 && !this.#isTooLong) codes.push(readCode(textOf(this.#line)));
        this.#line = [];
        this.#isTooLong = false;
      }
    }
    return codes;
  }

  #add(byte: number): void {
    if (this.#line.length < CODE_BYTES_MAX + AIM_CHARACTERS) this.#line.push(byte);
    else this.#isTooLong = true;
  }
}

function readCode(text: string): ScannedCode {
  if (!AIM.test(text)) return { text, symbology: null };
  const symbology = SYMBOLOGIES.get(text.slice(0, AIM_CHARACTERS)) ?? SYMBOLOGIES.get(text.slice(0, 2));
  return symbology === undefined
    ? { text, symbology: null }
    : { text: text.slice(AIM_CHARACTERS), symbology };
}

/** UTF-8 where it is, else Latin-1, which is what codes without an encoding hold. */
function textOf(bytes: readonly number[]): string {
  const buffer = Buffer.from(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer);
  } catch {
    // Not UTF-8, which is an answer and no failure: Latin-1 has a character for every byte.
    return buffer.toString('latin1');
  }
}
