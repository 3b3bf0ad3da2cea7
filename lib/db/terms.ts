/** What a page that failed has for a code when the database did not answer. */
export const DATABASE_DOWN = "database-down";
