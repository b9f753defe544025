import { randomBytes } from 'node:crypto';
import { hasBody, queryParameters, type TableRoute } from './route-table.ts';

/** The ids of what a clinic has, by noun: `doctor`, `medicalNote`. */
export type Ids = Readonly<Record<string, string>>;
export type ExampleRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: Json | undefined;
};
export type Json = string | number | boolean | null | Json[] | { [field: string]: Json };

/** What a reference is called where it does not bear the name of what it refers to. */
const NOUN_OF_REFERENCE: Readonly<Record<string, string>> = {
  actorId: 'user',
  resourceId: 'doctor',
  duplicateId: 'duplicate',
  rescheduleOf: 'appointment',
};

/** What the documentation alone cannot know, by route: a query, of which parts are optional one by one but not together. */
const QUERIES: Readonly<Record<string, (ids: Ids) => Record<string, string>>> = {
  'GET /slots': ({ service = '' }) => ({ serviceId: service }),
};

/** Fields that the example of a route shows and that do not go with the rest: either, or; or a secret nobody can know. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'POST /appointments': ['holdId'],
  'POST /waitlist': ['specialization'],
  'POST /waitlist/offers/{id}/accept': ['token'],
};

/** What no documentation can show: the secret of something that the clinic has. */
const SECRETS: Readonly<Record<string, (ids: Ids) => Record<string, string>>> = {
  'POST /auth/accept-invitation': ({ invitationToken = '' }) => ({ token: invitationToken }),
};

/** Routes that ask for a thing in another state than most, by what such a thing is called here. */
const OTHER_NOUNS: Readonly<Record<string, string>> = {
  'POST /medical-notes/{id}/addenda': 'signedNote',
  'POST /medical-notes/{id}/co-sign': 'signedNote',
};

const idOf = (noun: string, ids: Ids): string => {
  const id = ids[noun];
  if (id === undefined)
    throw new Error(`tests/support/furnished-clinic.ts does not know how to make a ${noun}`);
  return id;
};

/** The request to a route that its documentation shows as an example, with the ids of one clinic in all places. */
export const exampleRequest = (route: TableRoute, ids: Ids): ExampleRequest => {
  const path = pathOf(route, (noun) => idOf(noun, ids));
  const query = new URLSearchParams(exampleQuery(route, ids)).toString();
  return {
    method: route.method,
    path: query === '' ? path : `${path}?${query}`,
    body: bodyOf(route, ids),
  };
};

const bodyOf = (route: TableRoute, ids: Ids): Json | undefined => {
  if (route.definition.upload) return aForm();
  return hasBody(route) ? withSecrets(exampleBody(route, ids), SECRETS[route.name]?.(ids)) : undefined;
};

/** A form with a file: the smallest thing that is a PNG. It stands where other requests have JSON. */
export const aForm = (name = 'picture.png'): Json => {
  const form = new FormData();
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
  form.set('file', new Blob([Buffer.from(signature), Buffer.alloc(64)]), name);
  return form as unknown as Json;
};

/** The path of a route with an id in place of each parameter; `idFor` is asked for the noun and the parameter's name. */
export const pathOf = (
  { name: routeName, path, operation }: TableRoute,
  idFor: (noun: string, parameter: string) => string,
): string =>
  path.replaceAll(/([\w-]+)\/\{(\w+)\}/g, (_match, segment: string, name: string) => {
    const own = OTHER_NOUNS[routeName] ?? nounOfSegment(segment);
    if (/id$/i.test(name)) return `${segment}/${idFor(name === 'id' ? own : nounOfReference(name), name)}`;
    const parameter = operation.parameters?.find((each) => 'name' in each && each.name === name);
    return `${segment}/${String(parameter && 'example' in parameter ? parameter.example : '')}`;
  });

/** What a segment of a path is of, where it does not bear its name in the plural. */
const NOUN_OF_SEGMENT: Readonly<Record<string, string>> = {
  series: 'series',
  deliveries: 'notificationDelivery',
};

/** `medical-notes` is `medicalNote`. */
export const nounOfSegment = (segment: string): string =>
  (NOUN_OF_SEGMENT[segment] ?? segment.replace(/s$/, '')).replaceAll(/-(\w)/g, (_match, letter: string) =>
    letter.toUpperCase(),
  );

/** `doctorId` and `doctorIds` refer to a `doctor`. */
export const nounOfReference = (field: string): string =>
  NOUN_OF_REFERENCE[field] ?? field.replace(/Ids?$/, '');

export const isReference = (field: string): boolean => field in NOUN_OF_REFERENCE || /[a-z]Ids?$/.test(field);

const exampleQuery = (route: TableRoute, ids: Ids): Record<string, string> => ({
  ...Object.fromEntries(
    queryParameters(route)
      .filter(({ required }) => required)
      .map(({ name, example }) => [
        name,
        isReference(name) ? idOf(nounOfReference(name), ids) : String(example),
      ]),
  ),
  ...QUERIES[route.name]?.(ids),
});

const exampleBody = ({ name, operation }: TableRoute, ids: Ids): Json =>
  rewrite(
    without(operation.requestBody?.content['application/json']?.example as Json, LEFT_OUT[name]),
    (field, value) => {
      if (isReference(field)) return idOf(nounOfReference(field), ids);
      if (field === 'email') return `ada-${randomBytes(6).toString('hex')}@example.org`;
      if (field === 'subdomain') return `clinic-${randomBytes(6).toString('hex')}`;
      return value;
    },
  );

const withSecrets = (body: Json, secrets: Record<string, string> | undefined): Json =>
  secrets === undefined ? body : { ...(body as object), ...secrets };

const without = (body: Json, fields: readonly string[] = []): Json =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).filter(([field]) => !fields.includes(field)))
    : body;

/** A copy in which `change` has had its say on every text, known by its field; those in an array by the array's. */
const rewrite = (value: Json, change: (field: string, value: string) => Json, field = ''): Json => {
  if (typeof value === 'string') return change(field, value);
  if (Array.isArray(value)) return value.map((each) => rewrite(each, change, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rewrite(each, change, name)]));
};

/** A JSON pointer to each reference in the documented body of a route. */
export const referencesIn = ({ operation }: TableRoute): string[] =>
  pointersIn(operation.requestBody?.content['application/json']?.example as Json, '', '');

/** A JSON pointer to each object in the documented body of a route, the body itself first. */
export const objectsIn = ({ operation }: TableRoute): string[] =>
  objectPointersIn(operation.requestBody?.content['application/json']?.example as Json, '');

const objectPointersIn = (value: Json | undefined, pointer: string): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([name, each]) =>
    objectPointersIn(each, `${pointer}/${name}`),
  );
  return Array.isArray(value) ? inside : [pointer, ...inside];
};

const pointersIn = (value: Json | undefined, pointer: string, field: string): string[] => {
  if (typeof value === 'string') return isReference(field) ? [pointer] : [];
  if (Array.isArray(value)) return value.flatMap((each, at) => pointersIn(each, `${pointer}/${at}`, field));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => pointersIn(each, `${pointer}/${name}`, name));
};

/** A copy of a body with another value at `pointer`. */
export const withValueAt = (body: Json | undefined, pointer: string, value: Json): Json => {
  const copy = structuredClone(body) as Json;
  const parts = pointer.split('/').slice(1);
  const last = parts.pop() ?? '';
  const parent = parts.reduce((node: any, part) => node[part], copy);
  parent[last] = value;
  return copy;
};
