// The client that VS Code is made of, at a server that it starts; says what it saw as JSON.
// node client.mjs SERVER ARGUMENTS...
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.MEZZOTINT_NODE_MODULES}/`);
const lsp = require("vscode-languageserver-protocol/node");

const uri = "file:///work/example.py";
const [command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
const connection = lsp.createProtocolConnection(
  new lsp.StreamMessageReader(server.stdout),
  new lsp.StreamMessageWriter(server.stdin),
);
const saw = { registered: [], progress: [], drafts: [], cancelled: null, suggestions: null };
const question = (line, character) => ({
  textDocument: { uri },
  position: { line, character },
  context: { triggerKind: 1 },
});
const inlineCompletion = new lsp.ProtocolRequestType("textDocument/inlineCompletion");
const asked = (place, token) => connection.sendRequest(inlineCompletion, question(...place), token);

let isRegistered;
const registered = new Promise((resolve) => (isRegistered = resolve));
connection.onRequest(lsp.RegistrationRequest.type, ({ registrations }) => {
  saw.registered.push(...registrations.map(({ method }) => method));
  if (saw.registered.includes("textDocument/inlineCompletion")) isRegistered();
});
connection.onRequest(lsp.UnregistrationRequest.type, () => {});
connection.onRequest(lsp.WorkDoneProgressCreateRequest.type, ({ token }) => {
  connection.onProgress(lsp.WorkDoneProgress.type, token, ({ kind }) => saw.progress.push(kind));
});

let isDrafted;
const drafted = new Promise((resolve) => (isDrafted = resolve));
connection.onNotification("mezzotint/draft", (draft) => {
  saw.drafts.push(draft);
  isDrafted();
});

connection.listen();
const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
  processId: process.pid,
  rootUri: null,
  initializationOptions: { debounceMinMs: 0, debounceMaxMs: 0 },
  capabilities: {
    window: { workDoneProgress: true },
    textDocument: { inlineCompletion: { dynamicRegistration: true } },
    experimental: { mezzotint: { drafts: true } },
  },
});
saw.offeredAtOnce = "inlineCompletionProvider" in capabilities;
await connection.sendNotification(lsp.InitializedNotification.type, {});
await registered;
await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
  textDocument: { uri, languageId: "python", version: 1, text: "def f(a, b):\n    return\n" },
});

const source = new lsp.CancellationTokenSource();
const cancelled = asked([1, 10], source.token).catch((error) => error.code);
await drafted;
source.cancel();
saw.cancelled = await cancelled;
saw.draftsUntilCancelled = saw.drafts.length;
const { items } = await asked([1, 10]);
saw.suggestions = items.map(({ insertText }) => insertText);

await connection.sendRequest(lsp.ShutdownRequest.type);
const ended = new Promise((resolve) => server.on("exit", resolve));
await connection.sendNotification(lsp.ExitNotification.type);
saw.exit = await ended;
console.log(JSON.stringify(saw));
process.exit(0);
