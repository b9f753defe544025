/**
 * Date and time on the clock of the visit's own zone, with the name of the zone, whoever reads it and wherever: `Monday, 22 March 2027 at 09:00
 * CET (Europe/Berlin)`. The short name tells the two halves of a repeated hour apart.
 */
export const whenOf = (instant: Date, timezone: string, language: string): string => {
  const locale = localeOf(language);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: timezone }).format(instant);
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone: timezone,
  }).format(instant);
  return `${day}, ${time} (${timezone})`;
};

/** English without a country is written as most of the world does. */
const localeOf = (language: string): string => {
  const [locale] = Intl.DateTimeFormat.supportedLocalesOf([language]);
  return locale === undefined || locale === 'en' ? 'en-GB' : locale;
};
