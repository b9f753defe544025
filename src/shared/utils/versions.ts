import { AppError, commonProblems } from './errors.ts';

/** Refuses a change that was made from another version than the current one; without `If-Match` any version will do. */
export const demandVersion = (resource: { readonly version: number }, ifMatch: number | undefined): void => {
  if (ifMatch !== undefined && ifMatch !== resource.version)
    throw new AppError(commonProblems.version_conflict);
};

type Changeable = { readonly version: number; readonly updatedAt: Date };

/** The next version of a resource: the fields that were given replace the current ones. */
export const nextVersion = <Resource extends Changeable>(
  current: Resource,
  changes: { readonly [Field in keyof Resource]?: Resource[Field] | undefined },
  now: Date,
): Resource => {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...current, ...given, version: current.version + 1, updatedAt: now };
};
