"use client";
import { PageFailed } from "@/components/shell/page-failed";

export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <PageFailed code={error.digest} onRetry={reset} />;
}
