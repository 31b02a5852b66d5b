/** A line of a Caddyfile, with the lines of the block that it opens. */
export interface Directive {
  readonly words: readonly string[];
  readonly body: readonly Directive[] | undefined;
}

/** Reads a Caddyfile as Caddy's lexer does: words, quotes, comments, and blocks of which the braces must balance. */
export function caddyfileTree(text: string): readonly Directive[] {
  const lines = text.split("\n").map(wordsOf);
  const { directives, next } = block(lines, 0);
  if (next !== lines.length) throw new Error(`line ${next + 1}: a brace closes nothing`);
  return directives;
}

/** The blocks and lines below a path of first words, such as `find(tree, "https://a.example", "route")`. */
export function find(tree: readonly Directive[], ...path: readonly string[]): readonly Directive[] {
  const [first, ...rest] = path;
  if (first === undefined) return tree;
  const matching = tree.filter(({ words }) => words.join(" ") === first || words[0] === first);
  return matching.flatMap(({ body }) => find(body ?? [], ...rest));
}

/** Each as one line, without what is in its block. */
export function lines(tree: readonly Directive[]): readonly string[] {
  return tree.map(({ words }) => words.join(" "));
}

function block(source: readonly (readonly string[])[], start: number) {
  const directives: Directive[] = [];
  let next = start;
  while (next < source.length) {
    const words = source[next] ?? [];
    if (words.length === 1 && words[0] === "}") {
      if (start === 0) return { directives, next };
      break;
    }
    next += 1;
    if (words.length === 0) continue;
    if (words.at(-1) !== "{") {
      directives.push({ words, body: undefined });
      continue;
    }
    const inner = block(source, next);
    if (inner.next >= source.length) throw new Error(`line ${next}: its brace is never closed`);
    directives.push({ words: words.slice(0, -1), body: inner.directives });
    next = inner.next + 1;
  }
  return { directives, next };
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== "" && !rest.startsWith("#")) {
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest) ?? /^`([^`]*)`/.exec(rest);
    const bare = /^[^\s"`]\S*/.exec(rest);
    const [word, content] = quoted ?? bare ?? [];
    if (word === undefined) throw new Error(`a quote is never closed: ${line}`);
    words.push(content ?? word);
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}
