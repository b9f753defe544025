import { type Clinic, aClinic, expectStatus, PASSWORD, type Person } from './clinic.ts';
import { exampleRequest, type Ids, nounOfSegment } from './example-request.ts';
import {
  type ClinicRole,
  clinicRoles,
  everyRoute,
  mayCall,
  needsToken,
  type TableRoute,
} from './route-table.ts';
import { anOperator, type Operator } from './operator.ts';
import { permissionOf } from '../../src/shared/utils/route.ts';
import { until } from '../../src/shared/tests/until.ts';
import type { Api } from './api.ts';
import { linkTokens } from './letters.ts';
import type { TestServer } from './test-server.ts';

/** A clinic that has one of everything, and somebody in every role. */
export type FurnishedClinic = Clinic & {
  readonly ids: Ids;
  readonly people: Readonly<Record<ClinicRole, Person>>;
  /** The first role that may call the route, or an operator; where it asks for no token, nobody in particular. */
  callerOf(route: TableRoute): Api;
};

/** A day of its own, on which no example of the documentation falls. */
const DATES = { startDate: '2027-05-03', endDate: '2027-05-03' };
/** Beside the examples, which book 2027-03-22 at 08:00Z. */
const APPOINTMENT_AT = '2027-03-22T10:00:00Z';
const SERIES_AT = '2027-03-23T10:00:00Z';
const OFFERED_BETWEEN = ['2027-03-25T10:00:00Z', '2027-03-25T10:25:00Z'] as const;
/** The time of the appointment: it is the one visit that the absence affects. */
const AWAY = { from: '2027-03-22T10:00:00Z', to: '2027-03-22T10:30:00Z' };
const HELD_AT = '2027-03-24T10:00:00Z';

export const aFurnishedClinic = async (server: TestServer): Promise<FurnishedClinic> => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const add = async (path: string, body: object): Promise<string> =>
    expectStatus(await api.post(path, body), 201).body.id;

  const [service, location, doctorUser, receptionist, user, patient, guardian, duplicate] = await Promise.all(
    [
      clinic.service(),
      add('/locations', { name: 'Main Street', address: 'Main Street 1', timezone: 'Europe/Berlin' }),
      clinic.staff('doctor'),
      clinic.staff('receptionist'),
      clinic.staff('doctor'),
      clinic.patient(),
      clinic.patient(),
      clinic.patient(),
    ],
  );
  const [domain, role, room, doctor, closure, session] = await Promise.all([
    add('/tenants/current/domains', { hostname: 'furnished.example.org' }),
    add('/roles', { name: 'Front desk', permissions: ['appointments:read'] }),
    add('/rooms', { name: 'Room 1', locationId: location }),
    clinic.doctor([service], { userId: doctorUser.userId, rules: everyMorningAt(location) }),
    add('/closures', { name: 'Holiday', ...DATES }),
    anotherSession(clinic),
  ]);
  const appointment = await add('/appointments', {
    doctorId: doctor,
    serviceId: service,
    patientId: patient.patientId,
    startsAt: APPOINTMENT_AT,
  });
  const visit = { doctorId: doctor, serviceId: service, patientId: patient.patientId };
  const series = await add('/appointments/series', {
    ...visit,
    startsAt: SERIES_AT,
    recurrence: 'FREQ=WEEKLY;COUNT=2',
  });
  const hold = await add('/appointments/holds', { doctorId: doctor, serviceId: service, startsAt: HELD_AT });
  const { waitlist, offer } = await anOffer(clinic, visit);
  const test = await api.post('/notifications/templates/appointment_booked.email.en/test');
  const notificationDelivery = expectStatus(test, 202).body.id;
  const notification = await firstNotification(patient);
  const invitation = await add('/users/invitations', {
    email: `invited-${clinic.subdomain}@example.org`,
    role: 'receptionist',
  });
  const invitationToken = linkTokens(server).tokenOf({ tenantId: clinic.tenantId, linkId: invitation });
  const { webhook, delivery } = await aDelivery(clinic);
  const override = await add(`/doctors/${doctor}/availability/overrides`, {
    kind: 'custom',
    intervals: [{ startTime: '09:00', endTime: '12:00', locationId: location }],
    ...DATES,
  });

  const [{ operator, maintenanceNotice }, tenant] = await Promise.all([platformOf(server), aClinic(server)]);
  const absence = await add(`/doctors/${doctor}/absences`, AWAY);
  const signedNote = await aSignedNote(doctorUser, appointment);

  const people = { tenant_admin: clinic.admin, receptionist, doctor: doctorUser, patient };
  const callerOf = (route: TableRoute): Api => {
    if (!needsToken(route)) return clinic.anyone;
    if (permissionOf(route.definition)?.startsWith('platform:')) return operator.api;
    if (route.path === '/notifications/{id}/read') return patient.api;
    const role = clinicRoles.find((each) => mayCall(each, route));
    if (!role) throw new Error(`No role of a clinic may call ${route.name}`);
    return people[role].api;
  };
  const known: Ids = {
    service,
    location,
    user: user.userId,
    role,
    domain,
    tenant: tenant.tenantId,
    patient: patient.patientId,
    guardian: guardian.patientId,
    duplicate: duplicate.patientId,
    room,
    doctor,
    closure,
    session,
    appointment,
    series,
    hold,
    waitlist,
    offer,
    override,
    notificationDelivery,
    notification,
    invitation,
    invitationToken,
    absence,
    signedNote,
    webhook,
    delivery,
    maintenanceNotice,
  };
  return { ...clinic, people, callerOf, ids: await withTheRest(known, callerOf) };
};

type Platform = { readonly operator: Operator; readonly maintenanceNotice: string };
const platforms = new WeakMap<TestServer, Promise<Platform>>();
/** One operator, and one notice that tells all clinics, serve all clinics of a server. */
const platformOf = (server: TestServer): Promise<Platform> => {
  const platform = platforms.get(server) ?? aPlatform(server);
  platforms.set(server, platform);
  return platform;
};

const aPlatform = async (server: TestServer): Promise<Platform> => {
  const operator = await anOperator(server);
  const notice = {
    message: 'The database moves',
    startsAt: '2027-05-20T21:00:00Z',
    endsAt: '2027-05-20T22:00:00Z',
  };
  const made = await operator.api.post('/platform/maintenance-notices', notice);
  return { operator, maintenanceNotice: expectStatus(made, 201).body.id };
};

const aSignedNote = async ({ api }: Person, appointmentId: string): Promise<string> => {
  const note = { appointmentId, kind: 'progress', content: { text: 'Nothing new' } };
  const { id } = expectStatus(await api.post('/medical-notes', note), 201).body;
  expectStatus(await api.post(`/medical-notes/${id}/sign`), 200);
  return id;
};

/** That the visit was booked. */
const firstNotification = async ({ api }: Person): Promise<string> => {
  const { id } = await until(async () => (await api.get('/notifications')).body.data[0]);
  return id;
};

/** Somebody waits for a time, and it becomes free. */
const anOffer = async (
  { admin: { api } }: Clinic,
  visit: { serviceId: string; doctorId: string; patientId: string },
) => {
  const [earliest, latest] = OFFERED_BETWEEN;
  const { id } = expectStatus(await api.post('/waitlist', { ...visit, earliest, latest }), 201).body;
  const booked = expectStatus(await api.post('/appointments', { ...visit, startsAt: earliest }), 201).body;
  expectStatus(await api.delete(`/appointments/${booked.id}`), 200);
  const offer = await until(async () => (await api.get(`/waitlist/${id}`)).body.offer ?? undefined);
  return { waitlist: id, offer: offer.id };
};

/** A webhook that gets a test and nothing else, at a port where nobody listens: it has been tried once. */
const aDelivery = async ({ admin: { api } }: Clinic) => {
  const fields = { url: 'http://127.0.0.1:9/hooks', events: ['webhook.disabled'] };
  const { id: webhook } = expectStatus(await api.post('/webhooks', fields), 201).body;
  const { id: delivery } = expectStatus(await api.post(`/webhooks/${webhook}/test`), 202).body;
  const path = `/webhooks/${webhook}/deliveries/${delivery}`;
  await until(async () => (await api.get(path)).body.attempts === 1);
  return { webhook, delivery };
};

const everyMorningAt = (locationId: string) =>
  [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ({ dayOfWeek, startTime: '09:00', endTime: '12:00', locationId }));

/** One of the administrator's that may end while they go on. */
const anotherSession = async ({ anyone, admin }: Clinic): Promise<string> => {
  const login = await anyone.post('/auth/login', { email: admin.email, password: PASSWORD });
  const { body } = expectStatus(login, 200);
  const api = anyone.with({ Authorization: `Bearer ${body.tokens.accessToken}` });
  const sessions = expectStatus(await api.get('/auth/sessions'), 200).body.data;
  return sessions.find(({ current }: { current: boolean }) => current).id;
};

/** What is left to make is made as the documentation shows it. */
const withTheRest = async (known: Ids, callerOf: (route: TableRoute) => Api): Promise<Ids> => {
  const ids: Record<string, string> = { ...known };
  for (const route of everyRoute) {
    const noun = nounOfSegment(route.path.split('/').at(-1) ?? '');
    if (noun in ids || !makesWhatOthersName(route)) continue;
    const { method, path, body } = exampleRequest(route, ids);
    const answer = await callerOf(route).send(method, path, body);
    ids[noun] = expectStatus(answer, 201).body.id;
  }
  return ids;
};

/** Whether the route answers 201, and another has the id of what it made in its path. */
const makesWhatOthersName = ({ path, definition }: TableRoute): boolean =>
  definition.response[0] === 201 && everyRoute.some((other) => other.path.startsWith(`${path}/{`));
