import './reasons.css';

/** Reasons, one a line. */
export function Reasons({ of }: { of: string[] }) {
  return (
    <ul class="reasons">
      {of.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
