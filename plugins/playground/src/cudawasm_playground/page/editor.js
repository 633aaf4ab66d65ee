// The editors: CUDA and the Run script, and generated code, which is read only.
import {
  Compartment, Decoration, EditorState, EditorView, HighlightStyle, StateEffect, StateField, bracketMatching, cpp,
  defaultKeymap, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSelectionMatches,
  highlightSpecialChars, history, historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, lineNumbers, lintGutter,
  lintKeymap, searchKeymap, setDiagnostics, syntaxHighlighting, tags,
} from "./vendor/codemirror.js";

const nonce = document.querySelector('meta[name="playground-nonce"]').content;
const setLinked = StateEffect.define();
const linkedLine = Decoration.line({ class: "cm-linked" });

const linked = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let found = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setLinked)) found = marksOf(transaction.state.doc, effect.value);
    }
    return found;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marksOf(doc, lines) {
  const known = lines.filter((line) => line >= 1 && line <= doc.lines);
  return Decoration.set(known.map((line) => linkedLine.range(doc.line(line).from)));
}

const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)" },
  ".cm-content": { fontFamily: "var(--mono)", caretColor: "var(--text)", lineHeight: "1.55" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active)" },
  ".cm-linked, .cm-linked.cm-activeLine": { backgroundColor: "var(--linked)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-panels": { backgroundColor: "var(--ground)", color: "var(--text)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--control)" },
  ".cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--control)" },
  ".cm-textfield, .cm-button": { color: "var(--text)", background: "var(--surface)", border: "1px solid var(--control)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword, tags.processingInstruction], color: "var(--keyword)" },
  { tag: [tags.typeName, tags.standard(tags.typeName), tags.className, tags.namespace], color: "var(--type)" },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.literal], color: "var(--number)" },
  { tag: [tags.comment, tags.meta], color: "var(--comment)" },
]);

/**
 * An editor in `parent`. `changed(text)` hears of edits, `moved(line)` of the cursor where the user moves it, `run()` of
 * Ctrl+Enter; without `changed` the text is read only.
 */
export function makeEditor(parent, { label, language, changed, moved, run }) {
  const grammar = new Compartment();
  const editing = changed
    ? [
        history(), indentOnInput(), indentUnit.of("    "), bracketMatching(), lintGutter(),
        keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }, ...historyKeymap, ...lintKeymap, indentWithTab]),
      ]
    : [EditorState.readOnly.of(true)];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        editing, lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), highlightSpecialChars(), drawSelection(),
        highlightSelectionMatches(), keymap.of([...defaultKeymap, ...searchKeymap]), grammar.of(language ?? cpp()),
        syntaxHighlighting(colours), theme, linked, EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && changed && !update.transactions.some((t) => t.isUserEvent("load"))) changed();
          const byUser = update.transactions.some((t) => t.isUserEvent("select") || t.isUserEvent("input"));
          if (update.selectionSet && byUser) moved?.(update.state.doc.lineAt(update.state.selection.main.head).number);
        }),
      ],
    }),
  });
  return new Editor(view, grammar);
}

class Editor {
  constructor(view, grammar) {
    this.view = view;
    this.grammar = grammar;
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Shows another text; nobody is told. */
  load(text, language) {
    const effects = language ? [this.grammar.reconfigure(language)] : [];
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 }, effects,
      userEvent: "load",
    });
    this.view.scrollDOM.scrollTop = 0;
  }

  /** Marks lines as counterparts of where the cursor is elsewhere, and shows the first. */
  link(lines, isShown = true) {
    const { doc } = this.view.state;
    const effects = [setLinked.of(lines)];
    const first = lines.find((line) => line >= 1 && line <= doc.lines);
    if (isShown && first) effects.push(EditorView.scrollIntoView(doc.line(first).from, { y: "nearest", yMargin: 40 }));
    this.view.dispatch({ effects });
  }

  /** Moves the cursor and the focus to a place. */
  goTo(line, column = 0) {
    const found = this.view.state.doc.line(Math.min(Math.max(1, line), this.view.state.doc.lines));
    const anchor = Math.min(found.from + column, found.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }), userEvent: "select" });
    this.view.focus();
  }

  /** Shows problems at their places: `{ severity, message, from: [line, column], to: [line, column] }`. */
  mark(problems) {
    const { doc } = this.view.state;
    const at = ([line, column]) => (line > doc.lines ? doc.length : Math.min(doc.line(line).from + column, doc.line(line).to));
    const found = problems.map(({ severity, message, from, to }) => {
      const start = at(from);
      return { severity: severity === "note" ? "info" : severity, message, from: start, to: Math.max(at(to), Math.min(start + 1, doc.length)) };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }
}
