export { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from "@/stack/postgres/embedded-postgres";
