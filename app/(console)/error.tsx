"use client";
import { PageFailed } from "@/components/shell/page-failed";
import { useDatabaseDown } from "@/lib/api-client/readiness";

export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <PageFailed code={error.digest} isDatabaseDown={useDatabaseDown()} onRetry={reset} />;
}
