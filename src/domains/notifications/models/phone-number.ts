/** E.164 (ITU-T): a plus, then 8 to 15 digits. */
const E164 = /^\+[1-9]\d{7,14}$/;

/**
 * The number as providers want it. One that is written without a country (`030 1234567`) is of `countryCode` (`49`), where that is known.
 * Nothing for one that cannot be dialled from anywhere.
 */
export const dialable = (phone: string, countryCode: string | undefined): string | undefined => {
  const digits = phone.replaceAll(/[^\d+]/g, '');
  const international = digits.replace(/^00/, '+');
  const number =
    international.startsWith('+') || countryCode === undefined
      ? international
      : `+${countryCode}${international.replace(/^0/, '')}`;
  return E164.test(number) ? number : undefined;
};
