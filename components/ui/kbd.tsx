/** Keys to press, one after another. */
export function Kbd({ keys }: { keys: readonly string[] }) {
  return (
    <span className="row" style={{ gap: 4, display: "inline-flex" }}>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
