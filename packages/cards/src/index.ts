export { type AflEntry, type AflResult, parseAfl, writeAfl } from './apdu/afl.ts';
export {
  parseContactlessDirectory,
  parseCryptogramAnswer,
  parseDataAnswer,
  parseDirectoryRecord,
  parseFci,
  parseProcessingOptions,
  parseRecord,
  parseSignedData,
} from './apdu/answers.ts';
export {
  type Command as ApduCommand,
  type CommandResult,
  encodeCommand,
  parseCommand,
} from './apdu/command.ts';
export {
  externalAuthenticate,
  generateAc,
  getChallenge,
  getData,
  getProcessingOptions,
  internalAuthenticate,
  readRecord,
  select,
  verify,
} from './apdu/commands.ts';
export { type IssuerScript, parseIssuerScripts, writeScriptResult } from './apdu/issuer-script.ts';
export {
  encodeResponse,
  parseResponse,
  type Response as ApduResponse,
  type ResponseResult,
} from './apdu/response.ts';
export { describeStatus, isWarning, SW, triesLeft } from './apdu/status.ts';
export { exchangeT0 } from './apdu/transport.ts';
export { CardData } from './card-data.ts';
export { aesDecrypt, aesDecryptCbc, aesEncrypt, aesEncryptCbc } from './cipher/aes.ts';
export { aesCmac, desCmac } from './cipher/cmac.ts';
export { desDecrypt, desDecryptCbc, desEncrypt, desEncryptCbc } from './cipher/des.ts';
export { type MacPadding, macAlgorithm1, macAlgorithm3 } from './cipher/iso9797.ts';
export { aesKeyCheckValue, desKeyCheckValue, hasOddParity, withOddParity } from './cipher/key-check.ts';
export { type RsaPrivateKey, type RsaPublicKey, rsaPrivate, rsaPublic } from './cipher/rsa.ts';
export { generateRsaKey } from './cipher/rsa-key-pair.ts';
export { applicationCryptogram, arpcMethod1, arpcMethod2 } from './cryptogram/application-cryptogram.ts';
export type { CvrFacts, CvrFlag } from './cryptogram/card-verification-results.ts';
export { CRYPTOGRAM_INPUTS, cryptogramData } from './cryptogram/cryptogram-data.ts';
export {
  CRYPTOGRAM_RULES,
  type CryptogramRules,
  type CryptogramVersion,
  cryptogramOf,
  masterKeyFor,
  type TransactionValues,
  withArpcKey,
} from './cryptogram/cryptogram-version.ts';
export { type CardOfIssuer, iccMasterKey, type MasterKeyOption } from './cryptogram/icc-master-key.ts';
export {
  type IssuerApplicationData,
  readIssuerApplicationData,
  writeIssuerApplicationData,
} from './cryptogram/issuer-application-data.ts';
export {
  type AuthenticatedAnswer,
  CSU,
  issuerAuthenticationLength,
  readIssuerAuthentication,
  writeIssuerAuthentication,
} from './cryptogram/issuer-authentication.ts';
export { encipherScriptData, type ScriptEncipherment, scriptMac } from './cryptogram/script.ts';
export {
  type CardMasterKeys,
  decipherNewPin,
  encipherNewPin,
  readScriptCommand,
  type ScriptPlace,
  writeScriptCommand,
} from './cryptogram/script-command.ts';
export {
  commonAcSessionKey,
  commonScriptSessionKey,
  commonSessionKey,
  mastercardAcSessionKey,
  visaScriptSessionKey,
} from './cryptogram/session-key.ts';
export {
  type AesKeyUsage,
  aesInitialKey,
  aesTransactionKey,
  aesUpdateKey,
  aesWorkingKey,
  type WorkingKeyType,
} from './dukpt/aes-derivation.ts';
export { AesDevice, type AesTransaction } from './dukpt/aes-device.ts';
export { hostAesInitialKey, hostAesWorkingKey } from './dukpt/aes-host.ts';
export { type AesKsn, type ReadAesKsn, readAesKsn, writeAesKsn } from './dukpt/aes-ksn.ts';
export { aesMac, decipherAesData, encipherAesData } from './dukpt/aes-messages.ts';
export {
  type TdesKeyUsage,
  tdesInitialKey,
  tdesTransactionKey,
  tdesWorkingKey,
} from './dukpt/tdes-derivation.ts';
export { TdesDevice, type TdesTransaction } from './dukpt/tdes-device.ts';
export { hostTdesInitialKey, hostTdesWorkingKey } from './dukpt/tdes-host.ts';
export {
  type KsnRefusal,
  type ReadTdesKsn,
  readTdesKsn,
  type TdesKsn,
  writeTdesKsn,
} from './dukpt/tdes-ksn.ts';
export {
  decipherTdesData,
  decipherTdesPinBlock,
  encipherTdesData,
  encipherTdesPinBlock,
  tdesMac,
} from './dukpt/tdes-messages.ts';
export { readCompressed, readNumeric, writeCompressed, writeNumeric } from './encoding/bcd.ts';
export { type EbcdicPage, fromEbcdic, toEbcdic } from './encoding/ebcdic.ts';
export { fromHex, parseHex, toHex } from './encoding/hex.ts';
export { FIELDS_1987 } from './iso8583/fields-1987.ts';
export { FIELDS_1993 } from './iso8583/fields-1993.ts';
export {
  type FrameFault,
  FrameReader,
  type FrameResult,
  type Framing,
  frameMessage,
} from './iso8583/framing.ts';
export { iccDataOf, useIccData } from './iso8583/icc-data.ts';
export {
  describeMessage,
  encodeMessage,
  type FieldValue,
  type Iso8583Message,
  MESSAGE_BYTES_MAX,
  type MessageFailure,
  type MessageFault,
  type MessageResult,
  parseMessage,
  wipeMessage,
} from './iso8583/message.ts';
export {
  isResponseTo,
  type Mti,
  mtiOf,
  mtiWords,
  parseMti,
  repeatOf,
  responseOf,
  reversalOf,
} from './iso8583/mti.ts';
export { encodeOriginalData, type OriginalData, parseOriginalData } from './iso8583/original-data.ts';
export type { Codes, FieldSpec, FieldTable, Packager } from './iso8583/packager-types.ts';
export {
  ASCII_87,
  ASCII_87_BINARY,
  ASCII_87_CHIP,
  ASCII_93,
  BCD_87,
  BCD_87_EBCDIC,
  BCD_87_RIGHT,
  BCD_93,
  EBCDIC_87,
  ICC_FIELD,
  PACKAGERS,
} from './iso8583/packagers.ts';
export {
  authenticateCombined,
  authenticateDynamicData,
  authenticateStaticData,
  type CardKeyData,
  iccKeyOf,
  issuerKeyOf,
  type OdaSetting,
} from './oda/authenticate.ts';
export {
  type CaKeyFault,
  type CaKeys,
  caKeyChecksum,
  createCaKeys,
  type DeliveredCaKey,
  type RevokedCertificate,
} from './oda/ca-keys.ts';
export { type IccCertificate, openIccCertificate } from './oda/icc-certificate.ts';
export { type IssuerCertificate, openIssuerCertificate } from './oda/issuer-certificate.ts';
export { decipherOfflinePin, encipherOfflinePin } from './oda/pin-encipherment.ts';
export { type OdaMethod, type OdaRefusal, type OdaTvrBit, tvrBitsOf } from './oda/refusal.ts';
export { type CombinedData, openSignedDynamicData, signDynamicData } from './oda/signed-dynamic-data.ts';
export { openSignedStaticData, type SignedStaticData } from './oda/signed-static-data.ts';
export { type AuthenticatedRecord, staticDataOf } from './oda/static-data.ts';
export {
  createTestScheme,
  type TestCard,
  type TestCardKeys,
  type TestIssuerKeys,
  type TestScheme,
  type TestSchemeOptions,
} from './oda/test-scheme.ts';
export { transactionDataHash } from './oda/transaction-data.ts';
export { type BrandAnswer, brandOf } from './pan/brand.ts';
export type { Brand } from './pan/brand-ranges.ts';
export {
  compareDates,
  type Expiry,
  expiryText,
  isExpired,
  type LocalDate,
  lastDayOf,
  localDateAt,
  parseExpiryText,
  parseYymm,
  parseYymmdd,
  toYymm,
} from './pan/expiry.ts';
export { isLuhnValid, luhnDigit } from './pan/luhn.ts';
export {
  binOf,
  isPan,
  maskAllButLast,
  maskPan,
  PAN_DIGITS_MAX,
  type TruncatedPan,
  tokenOf,
  truncatePan,
} from './pan/pan.ts';
export {
  readPinBlock0,
  readPinBlock1,
  readPinBlock2,
  readPinBlock3,
  writePinBlock0,
  writePinBlock1,
  writePinBlock2,
  writePinBlock3,
} from './pin/pin-block.ts';
export { decipherPinBlock4, encipherPinBlock4, panField4 } from './pin/pin-block-4.ts';
export { PIN_LENGTH_MAX, PIN_LENGTH_MIN, type PinBlockRefusal, type ReadPin } from './pin/pin-field.ts';
export {
  type Action,
  type ActionCodes,
  type ActionSetting,
  analyseAction,
  analyseUnableToGoOnline,
  isAnswerAllowed,
} from './terminal/action-analysis.ts';
export type { Flags } from './terminal/bit-field.ts';
export {
  ADDITIONAL_TERMINAL_CAPABILITIES,
  AIP,
  type Aip,
  AUC,
  type Auc,
  TERMINAL_CAPABILITIES,
  TSI,
  type Tsi,
  TVR,
  type Tvr,
} from './terminal/bits.ts';
export { createContactlessKernel } from './terminal/contactless.ts';
export { type ContactlessLimits, CTQ, demandsOf, TTQ } from './terminal/contactless-limits.ts';
export {
  type CryptogramInformation,
  type CryptogramType,
  codeOfCryptogram,
  readCryptogramInformation,
} from './terminal/cryptogram-information.ts';
export {
  type CvmAnswer,
  type CvmOutcome,
  type CvmQuestion,
  type CvmSetting,
  verifyCardholder,
} from './terminal/cvm.ts';
export {
  type CvmList,
  type CvmListResult,
  type CvmMethod,
  type CvmRule,
  parseCvmList,
  writeCvmList,
} from './terminal/cvm-list.ts';
export { type CvmResults, readCvmResults, writeCvmResults } from './terminal/cvm-results.ts';
export { createAuthenticator } from './terminal/kernel/authenticator.ts';
export type { Candidate } from './terminal/kernel/candidates.ts';
export type {
  PaymentChanges,
  Progress as KernelProgress,
  Stage as KernelStage,
} from './terminal/kernel/checkpoint.ts';
export type {
  Answer as KernelAnswer,
  AuthorisationAnswer,
  AuthorisationRequest,
  Question as KernelQuestion,
} from './terminal/kernel/dialogue.ts';
export type { Cryptogram } from './terminal/kernel/generate-ac.ts';
export type {
  CardIdentity,
  Evidence,
  Outcome as PaymentOutcome,
  Termination,
} from './terminal/kernel/outcome.ts';
export type {
  ApplicationProfile,
  AuthenticationVerdict,
  CardView,
  KernelSetting,
  OfflineAuthenticator,
  Payment as CardPayment,
  RiskMemory,
  SignedCryptogram,
  TerminalProfile,
} from './terminal/kernel/profile.ts';
export {
  driveKernel,
  type Interruption,
  type Kernel,
  type KernelPorts,
  type KernelStep,
} from './terminal/kernel/session.ts';
export { createContactKernel } from './terminal/kernel.ts';
export { decideStripe, type StripeDecision, type StripeSetting } from './terminal/magstripe.ts';
export { checkRestrictions, type RestrictionSetting, type TransactionKind } from './terminal/restrictions.ts';
export {
  createRiskMemory,
  type ExceptionList,
  lastLoggedAmount,
  logged,
  type RiskLogEntry,
  type RiskToken,
} from './terminal/risk-log.ts';
export {
  manageTerminalRisk,
  type RandomSelection,
  type RiskSetting,
  type Velocity,
} from './terminal/risk-management.ts';
export { isAtm, readTerminalType, type TerminalType, writeTerminalType } from './terminal/terminal-type.ts';
export {
  encodeTlv,
  findAllTlv,
  findTlv,
  flattenTlv,
  isConstructedTag,
  parseTlv,
  TLV_BYTES_MAX,
  TLV_DEPTH_MAX,
  TLV_OBJECTS_MAX,
  type TlvFailure,
  type TlvFault,
  type TlvObject,
  type TlvResult,
  type TlvSource,
} from './tlv/ber-tlv.ts';
export {
  buildDolData,
  chooseTdol,
  DOL_BYTES_MAX,
  type DolEntry,
  type DolResult,
  type DolValues,
  dolDataLength,
  parseDol,
  parseTagList,
  type TdolChoice,
} from './tlv/dol.ts';
export type { PciClass, TagFormat, TagSource } from './tlv/tag-row.ts';
export { EMV_TAGS, formatOfTag, isSensitiveTag, type TagInfo, tagInfo } from './tlv/tags.ts';
export { type ProtectedObject, parseVendorTlv, type VendorTlvResult } from './tlv/vendor-dialect.ts';
export {
  allowsCash,
  allowsPurchase,
  isOnlineOnly,
  requiresChip,
  requiresPin,
  type ServiceCode,
  serviceCodeOf,
  serviceCodeWords,
} from './track/service-code.ts';
export type { TrackFault } from './track/track-data.ts';
export {
  encodeTrack1,
  encodeTrack1Stripe,
  parseTrack1,
  type Track1,
  type Track1Result,
} from './track/track1.ts';
export {
  encodeTag57,
  encodeTrack2,
  encodeTrack2Stripe,
  parseTag57,
  parseTrack2,
  type Track2,
  type Track2Result,
} from './track/track2.ts';
