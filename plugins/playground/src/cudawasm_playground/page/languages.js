// Colours for the languages that have no grammar here: words, numbers, texts and comments of each.
import { StreamLanguage, cpp } from "./vendor/codemirror.js";

const words = (text) => new Set(text.split(" "));
const WGSL = words("fn let var const override struct if else for while loop break continue return switch case default true false enable diagnostic");
const WGSL_TYPES = /^(i32|u32|f32|f16|bool|vec[234]|mat\dx\d|array|atomic|ptr|vec[234][iuf])$/;
const KIR = words("kernel function struct union var atomic barrier warp mask fence call print trap clock break continue return if else loop unroll step switch case default scope global shared constant local generic volatile align cast offset");
const KIR_TYPES = /^(void|bool|[iu](8|16|32|64)|b?f(16|32|64)|bf16)(x\d)?$/;
const LLVM = words("define declare target datalayout triple attributes ret br label phi load store getelementptr inbounds add sub mul udiv sdiv urem srem and or xor shl lshr ashr icmp fcmp select call tail zext sext trunc fptrunc fpext bitcast inttoptr ptrtoint insertelement extractelement shufflevector alloca switch unreachable fadd fsub fmul fdiv fneg poison undef zeroinitializer align nsw nuw constant global private unnamed_addr noundef atomicrmw cmpxchg fence freeze");
const LLVM_TYPES = /^(void|ptr|i\d+|half|float|double|bfloat|metadata)$/;
const JAVASCRIPT = words("async await break case catch class const continue default delete do else export extends false finally for function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield");
const JAVASCRIPT_TYPES = /^([A-Z]\w*Array|Math|Promise|Array|Object|String|Number|Set|Map)$/;

/** A language of words, by what begins a comment and what a word may be. */
function simple({ comment, keywords, types, name = /^[\w$.]+/, block = false, template = false }) {
  return StreamLanguage.define({
    startState: () => ({ inside: "" }),
    token(stream, state) {
      if (state.inside) {
        const end = state.inside === "`" ? "`" : "*/";
        while (!stream.eol()) {
          if (stream.match(end)) {
            state.inside = "";
            break;
          }
          stream.next();
        }
        return end === "`" ? "string" : "comment";
      }
      if (stream.eatSpace()) return null;
      if (stream.match(comment)) {
        stream.skipToEnd();
        return "comment";
      }
      if (block && stream.match("/*")) {
        state.inside = "*";
        return "comment";
      }
      if (template && stream.match("`")) {
        state.inside = "`";
        return "string";
      }
      if (stream.match(/^"(\\.|[^"\\])*"?/) || (template && stream.match(/^'(\\.|[^'\\])*'?/))) return "string";
      if (stream.match(/^-?(0x[\da-fA-F]+|\d[\d_]*(\.\d+)?([eE][-+]?\d+)?)[iuflhn]*\b/)) return "number";
      if (stream.match(/^[%@#!$][-\w$.]+/)) return "variableName";
      if (stream.match(name)) {
        const word = stream.current();
        if (keywords?.has(word)) return "keyword";
        return types?.test(word) ? "typeName" : null;
      }
      stream.next();
      return null;
    },
    languageData: { commentTokens: { line: "//" } },
  });
}

const wgsl = simple({ comment: "//", keywords: WGSL, types: WGSL_TYPES, name: /^\w+/ });
const kir = simple({ comment: "//", keywords: KIR, types: KIR_TYPES, name: /^\w+/ });
const llvm = simple({ comment: ";", keywords: LLVM, types: LLVM_TYPES });
const spirv = simple({ comment: ";", keywords: { has: (word) => word.startsWith("Op") } });
const assembly = simple({ comment: /^(#|\/\/|;)/, keywords: { has: (word) => word.startsWith(".") }, types: /^[a-z]\w*\.[\w.]+$/ });

/** The language of the Run script. */
export const javascript = simple({
  comment: "//", keywords: JAVASCRIPT, types: JAVASCRIPT_TYPES, name: /^[\w$]+/, block: true, template: true,
});

const LANGUAGES = { wgsl, "wgsl-browser": wgsl, kir, llvm, "llvm-raw": llvm, spirv, opencl: cpp() };

/** The language in which a target writes. */
export const languageOf = (target) => LANGUAGES[target] ?? assembly;

const NAMES = {
  "wgsl-browser": "WGSL", wgsl: "WGSL, native", opencl: "OpenCL C", spirv: "SPIR-V", llvm: "LLVM", wasm: "WASM", kir: "KIR",
  asm: "Assembly", "asm-aarch64": "AArch64", "llvm-raw": "LLVM, not optimised",
};

/** What a target's tab says. */
export const labelOf = (target) => NAMES[target] ?? target;
