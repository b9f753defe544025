import type { Header, JsonSchema } from './document.ts';

/** Headers of answers. */
export const headers = {
  'X-Request-ID': {
    description: 'The id of the request: the one that was sent, or a new one.',
    schema: { type: 'string', maxLength: 128 },
  },
  ETag: {
    description: 'The version of the resource; send it back as If-Match or If-None-Match.',
    schema: { type: 'string' },
  },
  Location: { description: 'Where the new resource is.', schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: 'There when this is the first answer to the same Idempotency-Key again.',
    schema: { type: 'string', enum: ['true'] },
  },
  'RateLimit-Policy': {
    description:
      'The limits that count this request (draft-ietf-httpapi-ratelimit-headers-10): `q` requests in `w` seconds.',
    schema: { type: 'string' },
  },
  RateLimit: {
    description: 'The nearest of these limits: `r` requests are left, and all of them again in `t` seconds.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string' } },
  'WWW-Authenticate': { description: 'How to log in: with a Bearer token.', schema: { type: 'string' } },
} as const satisfies Record<string, Header>;
export type HeaderName = keyof typeof headers;

const instant: JsonSchema = { type: 'string', format: 'date-time' };

/** RFC 9457, with every member that a problem of this API adds to it. */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'A problem document (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: 'The path of a page about this code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'The path of the request' },
    code: { type: 'string', description: 'What programs tell problems apart by' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Every field at fault',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'A JSON pointer into the body, or /query/… or /path/…' },
          detail: { type: 'string' },
        },
      },
    },
    occurrence: { ...instant, description: 'With the problem of a series: the start that it is about' },
    mfaToken: {
      type: 'string',
      description: 'With `mfa_required`: names the login to `POST /auth/mfa/verify`, for five minutes',
    },
    absenceId: {
      type: 'string',
      format: 'uuid',
      description: 'With `absence_overlaps`: the other absence',
    },
    affectedAppointments: {
      type: 'array',
      description: 'With `still_booked`: the appointments to come, by start',
      items: { type: 'object' },
    },
    oldestSequence: { type: 'integer', description: 'With `events_forgotten`: the first event that is kept' },
    lastSequence: { type: 'integer', description: 'With `events_forgotten`: the last event of the clinic' },
    alternatives: {
      type: 'array',
      description: 'With `slot_taken`: the nearest free slots, at most three',
      items: {
        type: 'object',
        required: ['doctorId', 'startsAt', 'endsAt'],
        properties: {
          doctorId: { type: 'string', format: 'uuid' },
          startsAt: instant,
          endsAt: instant,
        },
      },
    },
  },
};
