"use client";
import { PageFailed } from "@/components/shell/page-failed";
import { useDatabaseDown } from "@/lib/api-client/readiness";

export default function RootError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="page">
      <PageFailed code={error.digest} isDatabaseDown={useDatabaseDown()} onRetry={reset} />
    </main>
  );
}
