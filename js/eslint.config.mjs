import tseslint from "typescript-eslint";

// Views draw text of strangers: the ways around text nodes are closed here.
const unsafeHtml = ["innerHTML", "outerHTML"].map((property) => ({
  selector: `AssignmentExpression[left.property.name='${property}']`,
  message: "Use text nodes: repository text is never parsed as HTML.",
}));
const unsafeCalls = ["insertAdjacentHTML", "write", "writeln"].map((method) => ({
  selector: `CallExpression[callee.property.name='${method}']`,
  message: "Use text nodes: repository text is never parsed as HTML.",
}));

export default tseslint.config(
  { ignores: ["lib/", "lib-test/", "node_modules/"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-syntax": ["error", ...unsafeHtml, ...unsafeCalls],
      "max-lines": ["error", { max: 400 }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  // Generated from the Python schemas.
  { files: ["src/protocol/**"], rules: { "max-lines": "off" } },
);
