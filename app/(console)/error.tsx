"use client";
import { PageFailed } from "@/components/shell/page-failed";
import { useDatabaseDown } from "@/lib/api-client/use-database-down";

export default function ConsoleError({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  const isDatabaseDown = useDatabaseDown({ digest: error.digest, onBack: retry });
  return <PageFailed code={error.digest} isDatabaseDown={isDatabaseDown} onRetry={retry} />;
}
