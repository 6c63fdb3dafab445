// The least that VS Code needs to speak with a language server.
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const [command, ...args] = JSON.parse(process.env.TRACED_SERVER);
  client = new LanguageClient(
    "mezzotint",
    "mezzotint",
    { command, args },
    {
      documentSelector: [{ scheme: "file", language: "python" }],
      // What holds on a slow machine as well.
      initializationOptions: { deadlineMs: 60000, rewriteDeadlineMs: 60000 },
    },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
