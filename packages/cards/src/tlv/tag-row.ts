/** The shape of the tables of tags: rows are tuples, so that a table reads like the standard's own. */

/** Formats of EMV Book 3, 4.3: letters, letters and digits, printable, binary, compressed digits, digits. */
export type TagFormat = 'a' | 'an' | 'ans' | 'b' | 'cn' | 'n';

/** Who makes the value. */
export type TagSource = 'card' | 'issuer' | 'terminal';

/**
 * What PCI DSS sees in a value: an account number (or what it can be computed from, as the certificates that hold it),
 * data that must not outlive the authorisation, or data that is protected where it stands beside an account number.
 */
export type PciClass = 'pan' | 'authentication' | 'cardholder';

export type TagRow = readonly [
  tag: string,
  name: string,
  format: TagFormat,
  bytesMin: number,
  bytesMax: number,
  source: TagSource,
  templates: readonly string[],
  pci?: PciClass,
];
