"use client";
import { lazy, Suspense } from "react";
import type { ClusterView } from "./use-cluster-view";

const WavePanel = lazy(() => import("./wave-panel"));

/** The lens on the wave that the view has open; nothing while none is. */
export function OpenWave({ view, maySeeClients }: { view: ClusterView; maySeeClients: boolean }) {
  return view.wave ? (
    <Suspense fallback={null}>
      <WavePanel
        key={Object.values(view.wave).join(" ")}
        wave={view.wave}
        onClose={view.closeWave}
        maySeeClients={maySeeClients}
      />
    </Suspense>
  ) : null;
}
