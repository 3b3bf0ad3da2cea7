/** A line at an instant (ms): incidents red and solid, deploys and notes grey and dashed. Named where there is room for names. */
export interface ChartMark {
  at: number;
  kind: "incident" | "deploy";
  name?: string;
}

/** Marks over a plot. Those at one instant are one line. */
export function ChartMarks({ marks, from, to }: { marks: readonly ChartMark[]; from: number; to: number }) {
  return marks.map((mark, n) => {
    const share = Math.min(1, Math.max(0, (mark.at - from) / (to - from)));
    return (
      <div key={`${mark.kind}${mark.at}${mark.name ?? ""}`}>
        <div className={mark.kind === "incident" ? "vl bad" : "vl"} style={{ left: `${share * 100}%` }} />
        {mark.name ? (
          <span className="vt" style={beside(share, n)}>
            {mark.name}
          </span>
        ) : null}
      </div>
    );
  });
}

/** A name stands left of its line, unless it would run into the value labels; every other one a line lower. */
const beside = (share: number, n: number) => {
  const top = (n % 2) * 14;
  const x = `${share * 100}%`;
  return share < 0.35 ? { left: `calc(${x} + 2px)`, top } : { right: `calc(100% - ${x} + 2px)`, top };
};
