import ts from "typescript";

/**
 * The line on which a program declares something, from 1.
 *
 * @param symbol its name, or the way to it from the top of the file: `ReverseProxy.serve`, `clubhouse.services.backend`.
 * A name alone that isn't declared at the top may be declared anywhere, but only once.
 * @throws {RangeError} when it isn't there, or isn't the only one.
 */
export function lineOf(file: ts.SourceFile, symbol: string): number {
  const found = [...(atTop(file, symbol.split(".")) ?? anywhere(file, symbol))];
  const [only] = found;
  if (only === undefined) throw new RangeError(`\`${symbol}\` is not declared in it`);
  if (found.length > 1) {
    throw new RangeError(
      `\`${symbol}\` is declared ${found.length} times in it: write the way to one, as \`Class.${symbol}\``,
    );
  }
  return file.getLineAndCharacterOfPosition(only.name.getStart(file)).line + 1;
}

/** The titles of the tests in a file, and of their groups, as they are written. */
export function titlesIn(file: ts.SourceFile): ReadonlySet<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text);
      if (title !== undefined && ts.isTemplateExpression(title)) titles.add(title.getText(file).slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return titles;
}

export function parsed(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

type Named = ts.Node & { readonly name: ts.Node };

function atTop(file: ts.SourceFile, [first = "", ...rest]: readonly string[]): readonly Named[] | undefined {
  const [begin] = namedIn(file).filter((node) => nameOf(node) === first);
  if (begin === undefined) return undefined;
  const end = rest.reduce<Named | undefined>(
    (node, name) => node && namedIn(node).find((inner) => nameOf(inner) === name),
    begin,
  );
  return end === undefined ? [] : [end];
}

function anywhere(file: ts.SourceFile, name: string): readonly Named[] {
  const below = (node: ts.Node): readonly Named[] =>
    namedIn(node).flatMap((inner) => [...(nameOf(inner) === name ? [inner] : []), ...below(inner)]);
  return below(file);
}

/** What is declared in a node, but not in what is declared there. */
function namedIn(node: ts.Node): Named[] {
  const found: Named[] = [];
  ts.forEachChild(node, (child) => {
    if (isNamed(child)) found.push(child);
    else found.push(...namedIn(child));
  });
  return found;
}

function isNamed(node: ts.Node): node is Named {
  return (
    (ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isClassElement(node) ||
      ts.isTypeElement(node) ||
      ts.isPropertyAssignment(node) ||
      ts.isShorthandPropertyAssignment(node)) &&
    node.name !== undefined &&
    nameOf(node as Named) !== undefined
  );
}

function nameOf({ name }: Named): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : undefined;
}

/** `test`, `it.each(…)`, `describe.skipIf(…)`. */
function isTest(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return ["test", "it", "describe"].includes(called.text);
  if (ts.isCallExpression(called) || ts.isPropertyAccessExpression(called)) return isTest(called.expression);
  return ts.isTaggedTemplateExpression(called) && isTest(called.tag);
}
