/** Commands and answers of cards, and what the answers hold: no bytes of a card make a parser throw. */
import {
  encodeCommand,
  encodeResponse,
  parseAfl,
  parseCommand,
  parseContactlessDirectory,
  parseCryptogramAnswer,
  parseDataAnswer,
  parseDirectoryRecord,
  parseFci,
  parseIssuerScripts,
  parseProcessingOptions,
  parseRecord,
  parseResponse,
  parseSignedData,
  toHex,
  writeAfl,
} from '@holdfast/cards';
import { type FuzzTarget, hexBytes, holds } from '../target.ts';

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'apdu',
  bytesMax: 300,
  dictionary: [
    '00A40400',
    '00B2',
    '80A8',
    '80AE',
    '9000',
    '61',
    '6C',
    '6F',
    'A5',
    '84',
    'BF0C',
    '77',
    '80',
    '82',
    '94',
    '9F27',
    '9F26',
    '71',
    '72',
    '86',
    '9F18',
  ].map(hexBytes),
  seeds: [
    '00A404000E315041592E5359532E444446303100',
    '6F1A840E315041592E5359532E4444463031A5088801015F2D02656E9000',
    '80061800080101009000',
    '770E820218009404080101009F360200019000',
    '801280000112233445566778806010A030000009000',
    '70129F4B023132610E4F07A00000000410108701019000',
    '72109F18041122334486098424000004AABBCCDD',
    '08010100',
    '6F23840E325041592E5359532E4444463031A511BF0C0E610C4F07A00000000410108701019000',
  ].map(hexBytes),
  run(input) {
    const command = parseCommand(input);
    if (command.ok)
      holds(toHex(encodeCommand(command.command)) === toHex(input), 'a command is written as it was');
    const response = parseResponse(input);
    if (response.ok)
      holds(toHex(encodeResponse(response.response)) === toHex(input), 'an answer is written as it was');
    const afl = parseAfl(input);
    if (afl.ok) holds(toHex(writeAfl(afl.entries)) === toHex(input), 'a locator is written as it was');
    const data = response.ok ? response.response.data : input;
    const answers = [
      parseFci,
      parseRecord,
      parseProcessingOptions,
      parseCryptogramAnswer,
      parseSignedData,
      parseIssuerScripts,
    ];
    const outcomes = answers.map((parse) => parse(data).ok);
    const entries = [parseDirectoryRecord(data)?.length, parseContactlessDirectory(data)?.length];
    const value = parseDataAnswer(data, '9F36');
    return JSON.stringify([command.ok, response.ok, afl.ok, outcomes, entries, value && toHex(value)]);
  },
};
