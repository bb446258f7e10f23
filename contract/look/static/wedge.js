/* What a key of a scanner that types like a keyboard means: by its position (`code`), as on a US keyboard,
   which is what scanners pretend to be. The layout of the machine does not matter: a French one would
   show "&" for a scanned 1. A control character, whichever it is, becomes GS, which no field takes. */
const wedgeMark = (() => {
  "use strict";
  const SHIFTED = { 1: "!", 2: "@", 3: "#", 4: "$", 5: "%", 6: "^", 7: "&", 8: "*", 9: "(", 0: ")" };
  const MARKS = {
    Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Semicolon: ";:", Quote: "'\"",
    Comma: ",<", Period: ".>", Slash: "/?", Backslash: "\\|", Backquote: "`~", Space: "  ",
    NumpadAdd: "++", NumpadSubtract: "--", NumpadMultiply: "**", NumpadDivide: "//", NumpadDecimal: "..",
  };

  return (event) => {
    const [, letter, digit] = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code) ?? [];
    if (event.ctrlKey) return letter || event.code.startsWith("Bracket") ? "\u001d" : "";
    if (letter) return event.shiftKey ? letter : letter.toLowerCase();
    if (digit) return event.shiftKey && event.code.startsWith("Digit") ? SHIFTED[digit] : digit;
    return MARKS[event.code]?.[event.shiftKey ? 1 : 0] ?? "";
  };
})();
