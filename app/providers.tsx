"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { useState, type ReactNode } from "react";
import { LiveProvider } from "@/lib/api-client/live";
import { isPassing } from "@/lib/api-client/request";

/** What every page stands in: the query cache, the live stream that feeds it, the URL's state. */
export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <NuqsAdapter>
        <LiveProvider>{children}</LiveProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  );
}

const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // Changes arrive by the live stream; what is cached is asked again when the stream was lost, or it grows old.
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isPassing(error),
        // A browser that believes it is offline still reaches a console on its own machine or network.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
