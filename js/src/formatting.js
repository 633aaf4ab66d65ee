/** Device printf: C's format language on 64-bit argument words. Strings are bytes, of characters up to 255. */

const DIRECTIVE = /%([-+ #0]*)(\*|\d+)?(\.(\*|\d+)?)?(hh|h|ll|l|j|z|t|L|q)?([a-zA-Z%])/g;
const WIDTHS = { hh: 8, h: 16, l: 64, ll: 64, j: 64, z: 64, t: 64, q: 64 };

/** The text that C's printf makes of arguments as BigInts. `kinds`: their types: i, u, l, m (integers), d, f, p. */
export function formatText(format, words, kinds, strings) {
  let next = 0;
  const take = () => {
    if (next >= words.length) throw new RangeError("too few arguments");
    return words[next++];
  };
  const text = format.replace(DIRECTIVE, (whole, given, width, point, precision, length, letter) => {
    if (letter === "%") return "%";
    try {
      const spec = { flags: given, width: Number(width ?? 0), precision: point && Number(precision ?? 0) };
      if (width === "*") spec.width = Number(BigInt.asIntN(32, take()));
      if (precision === "*") spec.precision = Number(BigInt.asIntN(32, take()));
      if (spec.width < 0) Object.assign(spec, { flags: `${given}-`, width: -spec.width });
      if (spec.precision < 0) spec.precision = undefined;
      const kind = kinds[next];
      return converted(spec, letter, WIDTHS[length] ?? 32, take(), kind, strings);
    } catch (error) {
      if (error instanceof RangeError) return whole;
      throw error;
    }
  });
  return new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0)));
}

function converted(spec, letter, bits, word, kind, strings) {
  const { precision } = spec;
  switch (letter) {
    case "d":
    case "i": {
      const value = BigInt.asIntN(bits, word);
      return integer(spec, sign(spec, value < 0n), "", String(value < 0n ? -value : value));
    }
    case "u":
      return integer(spec, "", "", String(BigInt.asUintN(bits, word)));
    case "x":
    case "X": {
      const value = BigInt.asUintN(bits, word);
      const text = integer(spec, "", spec.flags.includes("#") && value ? "0x" : "", value.toString(16));
      return letter === "X" ? text.toUpperCase() : text;
    }
    case "o": {
      const digits = BigInt.asUintN(bits, word).toString(8);
      if (!spec.flags.includes("#")) return integer(spec, "", "", digits);
      const least = precision === 0 ? { ...spec, precision: 1 } : spec;
      return integer(least, "", "", precision > digits.length ? digits : digits.replace(/^0?/, "0"));
    }
    case "c":
      return padded(spec, "", String.fromCharCode(Number(word & 255n)), false);
    case "s": {
      const text = "iulm".includes(kind) && word < strings.length ? strings[Number(word)] : "(null)";
      return padded(spec, "", text.slice(0, precision), false);
    }
    case "p":
      return padded(spec, "", `0x${word.toString(16)}`, false);
    default:
      return "fFeEgGaA".includes(letter) ? float(spec, letter, word) : `%${letter}`;
  }
}

function sign({ flags }, isNegative) {
  return isNegative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function integer(spec, before, prefix, digits) {
  const shown = spec.precision === 0 && digits === "0" ? "" : digits.padStart(spec.precision ?? 1, "0");
  return padded(spec, before + prefix, shown, spec.precision === undefined);
}

/** A number or text in its field; zeros go between `before` and it where they may. */
function padded({ flags, width }, before, text, mayHaveZeros) {
  if (flags.includes("-")) return (before + text).padEnd(width);
  if (mayHaveZeros && flags.includes("0")) return before + text.padStart(width - before.length, "0");
  return (before + text).padStart(width);
}

// --- floats, whose digits are computed exactly ---

function float(spec, letter, word) {
  const exponent = Number((word >> 52n) & 2047n);
  const fraction = word & ((1n << 52n) - 1n);
  const before = sign(spec, word >> 63n === 1n && !(exponent === 2047 && fraction));
  const isLarge = letter < "a";
  const cased = (text) => (isLarge ? text.toUpperCase() : text);
  if (exponent === 2047) return padded(spec, before, cased(fraction ? "nan" : "inf"), false);
  const mantissa = exponent ? fraction | (1n << 52n) : fraction;
  const number = { mantissa, exponent: Math.max(exponent, 1) - 1075 };
  const keepsPoint = spec.flags.includes("#");
  switch (letter.toLowerCase()) {
    case "a": {
      const text = hexadecimal(number, spec.precision, keepsPoint);
      return cased(padded(spec, `${before}0x`, text, true));
    }
    case "f":
      return padded(spec, before, fixed(number, spec.precision ?? 6, keepsPoint), true);
    case "e":
      return padded(spec, before, cased(scientific(number, spec.precision ?? 6, keepsPoint)), true);
    default:
      return padded(spec, before, cased(general(number, spec.precision ?? 6, keepsPoint)), true);
  }
}

/** mantissa * 2**exponent * 10**power as an integer, ties to even. */
function scaled({ mantissa, exponent }, power) {
  let numerator = mantissa;
  let denominator = 1n;
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  return divided(numerator, denominator);
}

function divided(numerator, denominator) {
  const whole = numerator / denominator;
  const twice = 2n * (numerator - whole * denominator);
  return twice > denominator || (twice === denominator && whole & 1n) ? whole + 1n : whole;
}

function fixed(number, precision, keepsPoint) {
  const digits = String(scaled(number, precision)).padStart(precision + 1, "0");
  return pointed(digits, digits.length - precision, keepsPoint);
}

function pointed(digits, at, keepsPoint) {
  const rest = digits.slice(at);
  return digits.slice(0, at) + (rest || keepsPoint ? `.${rest}` : "");
}

/** The digits, `count` of them, and the decimal exponent of the first. */
function leading(number, count) {
  if (number.mantissa === 0n) return ["0".repeat(count), 0];
  const bits = number.mantissa.toString(2).length + number.exponent;
  let power = Math.floor((bits - 1) * Math.LOG10E * Math.LN2) - 1;
  for (;;) {
    const digits = String(scaled(number, count - 1 - power));
    if (digits.length === count) return [digits, power];
    // One digit more may come of rounding up, or of an exponent guessed too low.
    power += 1;
  }
}

function scientific(number, precision, keepsPoint) {
  const [digits, power] = leading(number, precision + 1);
  return `${pointed(digits, 1, keepsPoint)}e${exponential(power)}`;
}

function exponential(power) {
  return (power < 0 ? "-" : "+") + String(Math.abs(power)).padStart(2, "0");
}

function general(number, precision, keepsPoint) {
  const count = precision || 1;
  const power = leading(number, count)[1];
  const text =
    power < -4 || power >= count
      ? scientific(number, count - 1, keepsPoint)
      : fixed(number, count - 1 - power, keepsPoint);
  return keepsPoint ? text : text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
}

function hexadecimal({ mantissa, exponent }, precision, keepsPoint) {
  let value = mantissa;
  const power = value ? exponent + 52 : 0;
  const digits = precision ?? 13;
  if (digits < 13) value = divided(value, 1n << BigInt(4 * (13 - digits)));
  let text = value.toString(16).padStart(Math.min(digits, 13) + 1, "0").padEnd(digits + 1, "0");
  if (precision === undefined) text = text.replace(/0+$/, "").padEnd(1, "0");
  const at = text.length - (precision === undefined ? text.length - 1 : digits);
  return `${pointed(text, at, keepsPoint)}p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}
