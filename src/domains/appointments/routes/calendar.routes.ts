import { z } from 'zod';
import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { doctorProblems } from '../../doctors/index.ts';
import type { CalendarController } from '../controllers/calendar.controller.ts';
import { CalendarFeed, NewCalendarFeed } from '../models/calendar-feed.ts';
import { appointmentProblems } from '../problems.ts';
import { AppointmentParams } from '../validators/appointment.ts';
import { CreateCalendarFeed, FeedParams, SecretParams } from '../validators/calendar-feed.ts';

const { appointment_not_found, calendar_feed_not_found } = appointmentProblems;

/** An iCalendar stream (RFC 5545). */
const ICalendar = z.string().meta({
  example:
    'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Doctor Appointment SaaS//Calendar//EN\r\nEND:VCALENDAR\r\n',
});
const calendarText = { response: [200, ICalendar], mediaType: 'text/calendar' } as const;

const ofOneAppointment = (controller: CalendarController): RouteGroup => ({
  tag: 'Appointments',
  base: '/appointments',
  routes: [
    route({
      method: 'get',
      path: '/:id/ics',
      summary: 'An appointment as an iCalendar file',
      description:
        'Names service, doctor and place; never the patient, the reason or notes. METHOD is PUBLISH, and CANCEL once the appointment is cancelled.',
      access: 'appointments:read',
      params: AppointmentParams,
      ...calendarText,
      problems: [appointment_not_found],
      handle: controller.ofAppointment,
    }),
  ],
});

const feeds = (controller: CalendarController): RouteGroup => ({
  tag: 'Calendar feeds',
  base: '/calendar-feeds',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Open a calendar to a program that subscribes to it',
      description:
        'Staff may open any doctor’s calendar, doctors their own, patients their visits. The address in url is shown once; whoever has it can read the calendar until it is revoked, or its maker may no longer see it.',
      access: 'appointments:read',
      body: CreateCalendarFeed,
      response: [201, NewCalendarFeed],
      problems: [doctorProblems.doctor_not_found],
      handle: controller.createFeed,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List one’s own calendar feeds',
      access: 'appointments:read',
      query: PageQuery,
      response: [200, pageOf(CalendarFeed)],
      handle: controller.listFeeds,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get one of one’s own calendar feeds',
      access: 'appointments:read',
      params: FeedParams,
      response: [200, CalendarFeed],
      problems: [calendar_feed_not_found],
      handle: controller.getFeed,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Revoke a calendar feed; its address opens nothing any more',
      access: 'appointments:read',
      params: FeedParams,
      response: [204],
      problems: [calendar_feed_not_found],
      handle: controller.revokeFeed,
    }),
  ],
});

const subscription = (controller: CalendarController): RouteGroup => ({
  tag: 'Calendar feeds',
  base: '/calendar',
  routes: [
    route({
      method: 'get',
      path: '/:secret.ics',
      summary: 'The calendar behind a secret address',
      description:
        'The visits of the last 30 and the next 365 days, cancelled ones included. A doctor’s calendar names services and places, a patient’s also doctors; none names a patient.',
      access: 'open',
      params: SecretParams,
      ...calendarText,
      cacheControl: 'private, no-cache',
      problems: [calendar_feed_not_found],
      handle: controller.ofSecret,
    }),
  ],
});

/** Appointments as iCalendar: one by one, and as calendars to subscribe to. */
export const calendarRoutes = (controller: CalendarController): RouteGroup[] => [
  ofOneAppointment(controller),
  feeds(controller),
  subscription(controller),
];
