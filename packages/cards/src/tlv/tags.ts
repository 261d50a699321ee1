/** The dictionary of EMV tags (Book 3 Annex A, Contactless Books A to C): what a value is, and whether it may be shown. */
import { assert } from '@holdfast/base';
import type { PciClass, TagFormat, TagRow, TagSource } from './tag-row.ts';
import { CONTACT_TAGS } from './tag-table-contact.ts';
import { CONTACTLESS_TAGS } from './tag-table-contactless.ts';

/** What the standards say of a tag. */
export type TagInfo = {
  /** Upper-case hexadecimal. */
  readonly tag: string;
  readonly name: string;
  readonly format: TagFormat;
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly source: TagSource;
  /** Tags of the templates that the object may stand in; empty where it stands in none, or in any. */
  readonly templates: readonly string[];
  /** Absent where the value is no concern of PCI DSS. */
  readonly pci?: PciClass;
};

const DICTIONARY: ReadonlyMap<string, TagInfo> = dictionaryOf([...CONTACT_TAGS, ...CONTACTLESS_TAGS]);

/** Every known tag, those of Books 1 to 4 first, each part in the order of the tags. */
export const EMV_TAGS: readonly TagInfo[] = [...DICTIONARY.values()];

/** What is known of a tag (upper-case hexadecimal); undefined for a proprietary or unknown one. */
export function tagInfo(tag: string): TagInfo | undefined {
  return DICTIONARY.get(tag);
}

/** The format that decides how a value is cut and filled; undefined for an unknown tag, which counts as binary. */
export function formatOfTag(tag: string): TagFormat | undefined {
  return DICTIONARY.get(tag)?.format;
}

/**
 * Whether a value must be treated as data of a card: held as CardData and never shown. An unknown tag is not sensitive
 * by itself; what cannot be known to be harmless is hidden by those who describe messages.
 */
export function isSensitiveTag(tag: string): boolean {
  return DICTIONARY.get(tag)?.pci !== undefined;
}

function dictionaryOf(rows: readonly TagRow[]): Map<string, TagInfo> {
  const map = new Map<string, TagInfo>();
  for (const [tag, name, format, bytesMin, bytesMax, source, templates, pci] of rows) {
    assert(!map.has(tag), `the tag ${tag} stands in the dictionary once`);
    map.set(tag, { tag, name, format, bytesMin, bytesMax, source, templates, ...(pci && { pci }) });
  }
  return map;
}
