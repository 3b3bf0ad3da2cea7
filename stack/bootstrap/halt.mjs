/** Something the person at the terminal can mend: its message is a sentence that says what to do, shown without a trace. */
export class Halt extends Error {}
