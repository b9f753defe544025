/** One event of a calendar. Texts are as people write them; {@link writeCalendar} escapes them. */
export type CalendarEvent = {
  /** Never changes, and belongs to no other event in the world. */
  readonly uid: string;
  /** Grows with each revision. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly summary: string;
  readonly location: string | undefined;
  readonly status: 'TENTATIVE' | 'CONFIRMED' | 'CANCELLED';
};

export type EventCalendar = {
  /**
   * `REQUEST` invites, or brings an invitation up to date; `CANCEL` takes the events out of the calendar of whoever has them
   * (RFC 5546, sections 3.2.2 and 3.2.5).
   */
  readonly method: 'PUBLISH' | 'REQUEST' | 'CANCEL';
  /** What a program that subscribes shows, and how often it asks again; left out of a calendar that is sent once. */
  readonly subscription?: { readonly name: string; readonly refreshHours: number };
  readonly organizer: { readonly name: string; readonly uri: string };
  /** Whom an invitation is for. They have agreed, and are not asked. */
  readonly attendee?: string;
  readonly events: readonly CalendarEvent[];
};

const PRODUCT = '-//Doctor Appointment SaaS//Calendar//EN';
const MAX_LINE_OCTETS = 75;

/**
 * An iCalendar stream (RFC 5545). Times are UTC, which every program shows on the clock of its user, so that no zone
 * table need be sent; the same calendar always gives the same text.
 */
export const writeCalendar = ({ method, subscription, organizer, attendee, events }: EventCalendar): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${PRODUCT}`,
    'CALSCALE:GREGORIAN',
    `METHOD:${method}`,
    ...(subscription ? subscriptionLines(subscription) : []),
    ...events.flatMap((event) => eventLines(event, organizer, attendee)),
    'END:VCALENDAR',
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join('');

/** RFC 7986, and the names that came before it. */
const subscriptionLines = ({ name, refreshHours }: NonNullable<EventCalendar['subscription']>): string[] => [
  `NAME:${escaped(name)}`,
  `X-WR-CALNAME:${escaped(name)}`,
  `REFRESH-INTERVAL;VALUE=DURATION:PT${refreshHours}H`,
  `X-PUBLISHED-TTL:PT${refreshHours}H`,
];

/** What has changed when is all that orders two revisions, so the stamp is that moment too, not the one of writing. */
const eventLines = (
  event: CalendarEvent,
  organizer: EventCalendar['organizer'],
  attendee: string | undefined,
): string[] => [
  'BEGIN:VEVENT',
  `UID:${event.uid}`,
  `SEQUENCE:${event.sequence}`,
  `DTSTAMP:${utc(event.changedAt)}`,
  `CREATED:${utc(event.createdAt)}`,
  `LAST-MODIFIED:${utc(event.changedAt)}`,
  `DTSTART:${utc(event.startsAt)}`,
  `DTEND:${utc(event.endsAt)}`,
  `SUMMARY:${escaped(event.summary)}`,
  ...(event.location === undefined ? [] : [`LOCATION:${escaped(event.location)}`]),
  `ORGANIZER;CN="${quotable(organizer.name)}":${organizer.uri}`,
  ...(attendee === undefined ? [] : [`ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:${attendee}`]),
  `STATUS:${event.status}`,
  `TRANSP:${event.status === 'CANCELLED' ? 'TRANSPARENT' : 'OPAQUE'}`,
  'CLASS:PRIVATE',
  'END:VEVENT',
];

/** `20270322T080000Z` (RFC 5545, section 3.3.5, form 2). */
const utc = (instant: Date): string => `${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** RFC 5545, section 3.3.11. A line break is the only control character that a text may hold. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, '');

/** A quoted parameter holds neither quotes nor control characters (RFC 5545, section 3.1). */
const quotable = (text: string): string =>
  text.replaceAll('"', '’').replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

/** Lines of at most 75 octets, never cut inside a character (RFC 5545, section 3.1). */
const folded = (line: string): string => {
  const octets = Buffer.from(line);
  if (octets.length <= MAX_LINE_OCTETS) return line;
  const parts: string[] = [];
  for (let start = 0; start < octets.length;) {
    let end = start + MAX_LINE_OCTETS - (start === 0 ? 0 : 1);
    while (isInsideCharacter(octets[end])) end--;
    parts.push(octets.toString('utf8', start, end));
    start = end;
  }
  return parts.join('\r\n ');
};

/** Every octet of a character in UTF-8 but its first (RFC 3629). */
const isInsideCharacter = (octet = 0): boolean => (octet & 0xc0) === 0x80;
