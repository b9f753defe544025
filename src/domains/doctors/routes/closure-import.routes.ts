import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { ClosureImportController } from '../controllers/closure-import.controller.ts';
import { doctorProblems } from '../problems.ts';
import { ClosureImport, ImportClosures } from '../validators/closure-import.ts';

export const closureImportRoutes = (controller: ClosureImportController): RouteGroup => ({
  tag: 'Closures',
  base: '/closures',
  routes: [
    route({
      method: 'post',
      path: '/import',
      summary: 'Make closures of the holidays in an iCalendar text',
      description:
        'All-day events that touch the time from from to to, those of every year included; at most 500 closures. Without dryRun: false nothing is added. What is there already is left alone, so that a calendar may be imported again.',
      access: 'locations:write',
      body: ImportClosures,
      response: [200, ClosureImport],
      problems: [doctorProblems.location_not_found],
      handle: controller.import,
    }),
  ],
});
