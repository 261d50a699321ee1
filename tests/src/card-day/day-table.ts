/**
 * The table of a day of cards: who presents which card how, and how it must end while no issuer can be asked. A line is a
 * payment; one that begins with `+` goes on with the card of the line before, at the same till.
 *
 * Hands, each as soon as the reader waits for it: `insert`, `tap`, `swipe`; `dip`, in and out before the card has power;
 * `pull n`, out after the answer to the nth command; `lose n`, out before it; `tap two`, together with another card. Keys,
 * as the PIN pad asks: the `right` or a `wrong` PIN, `ok` without a digit, `cancel`, `pull` for taking the card out; when
 * none is left, the red key. The end is that of a card which has paid little here and whose PIN is not locked.
 */
export const DAY_TABLE = `
case | card | hands | keys | amount | end | entry mode | verification
PIN checked by the card | visa-offline-pin | insert | right | 20.00 | approved | chip | pin
enciphered PIN | visa-enciphered-pin | insert | right | 20.00 | approved | chip | pin
PIN right the second time | mastercard-offline-pin | insert | wrong, right | 20.00 | approved | chip | pin
two applications | debit-choice | insert | right | 20.00 | approved | chip | pin
slow chip | visa-slow-chip | insert | right | 20.00 | approved | chip | pin
signature | visa-signature | insert | – | 20.00 | approved | chip | signature
American Express | amex-signature | insert | – | 20.00 | approved | chip | signature
no verification | visa-no-pin | insert | – | 20.00 | approved | chip | none
never online | mastercard-offline-only | insert | – | 20.00 | approved | chip | none
put in too briefly | visa-no-pin | dip, insert | – | 20.00 | approved | chip | none
tap | visa-offline-pin | tap | – | 20.00 | approved | contactless | none
tap of Mastercard | mastercard-offline-pin | tap | – | 20.00 | approved | contactless | none
tap of American Express | amex-signature | tap | – | 20.00 | approved | contactless | none
tap, never online | mastercard-offline-only | tap | – | 20.00 | approved | contactless | none
tap of two cards, then of one | visa-no-pin | tap two, tap | – | 20.00 | approved | contactless | none
tap with a signature | visa-signature | tap | – | 300.00 | approved | contactless | signature
tap of a chip that is too slow | visa-slow-chip | tap, insert | right | 20.00 | approved | chip | pin
tap with a PIN | visa-online-pin | tap | right | 300.00 | declined_by_card | contactless | online_pin
tap with a PIN the card could check | visa-offline-pin | tap | right | 300.00 | declined_by_card | contactless | online_pin
tap that nobody can verify | visa-no-pin | tap | – | 300.00 | declined_by_card | contactless | none
tap that nobody can verify, never online | mastercard-offline-only | tap | – | 300.00 | verification_failed | contactless | –
tap above the limit of taps | visa-enciphered-pin | tap, insert | right | 600.00 | declined_by_card | chip | pin
stripe only | visa-stripe-only | swipe | – | 20.00 | approved | magstripe | signature
stripe only, put in first | visa-stripe-only | insert, swipe | – | 20.00 | approved | magstripe | signature
stripe sent to the chip | visa-offline-pin | swipe, insert | right | 20.00 | approved | chip | pin
damaged stripe | visa-damaged-stripe | swipe, insert | right | 20.00 | approved | chip | pin
stripe above the floor limit | visa-stripe-only | swipe | – | 600.00 | online_required | magstripe | signature
fallback to the stripe | visa-dead-chip | insert, swipe | – | 20.00 | online_required | fallback | signature
fallback at the second try | visa-dead-chip | insert, insert, swipe | – | 20.00 | online_required | fallback | signature
dead chip, six times | visa-dead-chip | insert, insert, insert, insert, insert, insert | – | 20.00 | card_unreadable | – | –
pulled out before its choice | mastercard-offline-only | pull 2 | – | 20.00 | card_removed | – | –
pulled out among its records | mastercard-offline-only | pull 9 | – | 20.00 | card_removed | – | –
pulled out before its cryptogram | mastercard-offline-only | pull 12 | – | 20.00 | card_removed | chip | none
pulled out after its cryptogram | mastercard-offline-only | pull 13 | – | 20.00 | approved | chip | none
cryptogram lost | mastercard-offline-only | lose 13 | – | 20.00 | card_removed | chip | none
+ and paid anew | mastercard-offline-only | insert | – | 20.00 | approved | chip | none
pulled out between two cryptograms | mastercard-online-only | pull 13 | right | 20.00 | card_removed | chip | online_pin
pulled out as the PIN is asked | visa-offline-pin | insert | pull | 20.00 | card_removed | chip | –
PIN for the issuer | visa-online-pin | insert | right | 20.00 | declined_by_card | chip | online_pin
always online | mastercard-online-only | insert | right | 20.00 | declined_by_card | chip | online_pin
never used before | visa-new | insert | right | 20.00 | declined_by_card | chip | pin
foreign currency | visa-foreign | insert | right | 20.00 | declined_by_card | chip | pin
foreign currency, tap | visa-foreign | tap | – | 20.00 | declined_by_card | contactless | none
above the floor limit | debit-choice | insert | right | 600.00 | declined_by_card | chip | pin
just below the floor limit | visa-signature | insert | – | 499.99 | approved | chip | signature
+ and the rest of a split sale | visa-signature | insert | – | 20.00 | declined_by_card | chip | signature
signed once for all | mastercard-static | insert | – | 20.00 | declined_by_card | chip | signature
signed once for all, no antenna | mastercard-static | tap, insert | – | 20.00 | declined_by_card | chip | signature
nothing signed | visa-unsigned | insert | – | 20.00 | declined_by_card | chip | signature
wrong PIN, given up | visa-damaged-stripe | insert | wrong, cancel | 20.00 | cancelled | chip | –
+ and the right one after that | visa-damaged-stripe | insert | right | 20.00 | approved | chip | pin
no PIN given | mastercard-offline-pin | insert | ok | 20.00 | pin_bypassed | chip | –
wrong PIN, and none after it | debit-choice | insert | wrong, ok | 20.00 | wrong_pin | chip | –
three wrong PINs | visa-enciphered-pin | insert | wrong, wrong, wrong | 20.00 | pin_locked | chip | –
+ and the right one after that | visa-enciphered-pin | insert | right | 20.00 | pin_locked | chip | –
+ and a tap after that | visa-enciphered-pin | tap | – | 20.00 | declined_by_card | contactless | none
three wrong PINs, plain | visa-slow-chip | insert | wrong, wrong, wrong | 20.00 | pin_locked | chip | –
PIN blocked by its issuer | visa-pin-blocked | insert | right | 20.00 | pin_locked | chip | –
expired | visa-expired | insert | – | 20.00 | expired_card | chip | –
expired, tap | visa-expired | tap | – | 20.00 | expired_card | contactless | –
not yet effective | visa-not-yet-effective | insert | – | 20.00 | card_not_yet_valid | chip | –
card blocked | visa-card-blocked | insert | – | 20.00 | card_blocked | – | –
card blocked, tap | visa-card-blocked | tap | – | 20.00 | card_blocked | – | –
application blocked | visa-application-blocked | insert | – | 20.00 | card_not_accepted | – | –
application blocked, tap | visa-application-blocked | tap, insert | – | 20.00 | card_not_accepted | – | –
forged | visa-forged | insert | – | 20.00 | card_not_authentic | chip | –
forged, tap | visa-forged | tap | – | 20.00 | card_not_authentic | contactless | –
issuer called back | visa-revoked-issuer | insert | – | 20.00 | card_not_authentic | chip | –
amount in another currency | visa-signature | – | – | GBP 20.00 | card_not_accepted | – | –
nobody comes | visa-signature | – | – | 20.00 | cancelled | – | –
`;
