/** What the address asks for, `?name=value`; of a name given twice the last. Its type is cast as `readJson`'s is. */
export const readQuery = <Input>(request: Request): Input =>
  Object.fromEntries(new URL(request.url).searchParams) as Input;
