"use client";
import { PageFailed } from "@/components/shell/page-failed";

export default function RootError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="page">
      <PageFailed code={error.digest} onRetry={reset} />
    </main>
  );
}
