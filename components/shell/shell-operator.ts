/** Who is signed in, as the shell shows them. */
export interface ShellOperator {
  name: string;
  /** One of ROLES, or the name of a custom one. */
  role: string;
}
