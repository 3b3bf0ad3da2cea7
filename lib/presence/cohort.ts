import { hash } from "node:crypto";

/**
 * Key of the cohort a session is counted in: platform, app version and kind of session, hashed to 32 bits with sign (in SQL:
 * `presence_cohort(platform, app_version, clean_session)`). Two of a thousand cohorts share a key once in ten thousand fleets.
 */
export function cohortOf(of: { platform: string | null; appVersion: string | null; cleanSession: boolean }): number {
  return (
    Number.parseInt(hash("md5", `${of.platform ?? ""}/${of.appVersion ?? ""}/${of.cleanSession}`).slice(0, 8), 16) | 0
  );
}
