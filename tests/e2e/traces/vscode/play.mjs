// Plays a session in VS Code, in a browser, and records it:
//   PYTHON=python TRACE=vscode.jsonl NODE_MODULES=node_modules node play.mjs
// NODE_MODULES has code-server, vscode-languageclient and playwright-core; see ../README.md.

import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";

const here = import.meta.dirname;
const modules = path.resolve(process.env.NODE_MODULES);
const trace = path.resolve(process.env.TRACE);
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");
const PATIENCE_MS = 60_000;

const base = await realpath(await mkdtemp("/tmp/trace-"));
const folder = path.join(base, "project");
const file = path.join(folder, "stack.py");
const recorder = [process.env.PYTHON, path.join(here, "../record.py"), trace, folder];

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, isThere) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) {
    const found = await isThere();
    if (found) return found;
  }
  throw new Error(`${what} never came.`);
}

// The messages so far that one side has sent.
async function sent(from, method) {
  const lines = (await readFile(trace, "utf8").catch(() => "")).split("\n").filter(Boolean);
  const all = lines.map((line) => JSON.parse(line));
  return all.filter((it) => it.from === from && it.message.method === method);
}

async function startVsCode() {
  await mkdir(path.join(folder, ".vscode"), { recursive: true });
  await cp(path.join(here, "../../../../examples/stack.py"), file);
  const settings = { "editor.wordBasedSuggestions": "off", "files.autoSave": "off" };
  await writeFile(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
  const extension = path.join(base, "extensions/mezzotint-trace");
  await cp(here, extension, { recursive: true });
  await symlink(modules, path.join(extension, "node_modules"));
  const port = await freePort();
  const main = path.join(modules, "code-server/lib/vscode/out/server-main.js");
  const options = ["--host=127.0.0.1", `--port=${port}`, "--without-connection-token"];
  const places = [`--server-data-dir=${base}/data`, `--extensions-dir=${base}/extensions`];
  const server = spawn(
    process.execPath,
    [main, ...options, ...places, "--accept-server-license-terms"],
    { env: { ...process.env, TRACED_SERVER: JSON.stringify(recorder) }, stdio: "ignore" },
  );
  const address = `http://127.0.0.1:${port}/`;
  await until("VS Code", () => fetch(address).catch(() => null));
  return { server, address };
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => probe.once("listening", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

async function session(page, address) {
  const payload = JSON.stringify([["openFile", `vscode-remote://${new URL(address).host}${file}`]]);
  await page.goto(`${address}?folder=${folder}&payload=${encodeURIComponent(payload)}`);
  await page.getByText("Yes, I trust the authors").click({ timeout: PATIENCE_MS });

  const keys = async (name, ms = 120) => {
    await page.keyboard.press(name);
    await pause(ms);
  };
  const type = async (text, ms = 120) => {
    for (const key of text) {
      await (key === "\n" ? page.keyboard.press("Enter") : page.keyboard.type(key));
      await pause(ms);
    }
  };
  const goTo = async (line, column) => {
    await keys("Control+KeyG");
    await type(`${line}:${column}\n`, 30);
    await pause(300);
  };
  const ghost = async () => {
    const shown = page.locator("[class*=ghost-text]").first();
    return until("ghost text", async () => (await shown.count()) && (await shown.textContent()));
  };
  const choose = async (title) => {
    const before = (await sent("server", "workspace/applyEdit")).length;
    await keys("Control+Period");
    const chosen = page.locator(".action-widget .focused");
    await until(title, async () => {
      if ((await chosen.count()) && (await chosen.first().textContent()).trim() === title) return true;
      await keys("ArrowDown");
      return false;
    });
    await keys("Enter");
    await until("an edit", async () => (await sent("server", "workspace/applyEdit")).length > before);
    await pause(500);
  };
  const command = async (title) => {
    await keys("F1", 500);
    await type(`${title}`, 10);
    await pause(700);
    await keys("Enter", 700);
  };

  await until("the engine", async () =>
    (await sent("server", "mezzotint/status")).some((it) => it.message.params.kind === "ready"),
  );
  await page.locator(".view-lines").first().click();

  // A suggestion that is accepted.
  await goTo(7, 20);
  await keys("Backspace");
  await type(" ");
  await ghost();
  await keys("Tab", 800);

  // Others that are asked for; one is typed through, deleted back into, accepted a word at a time, turned down.
  await goTo(5, 24);
  await type("\nself.");
  await ghost();
  await keys("Alt+BracketRight");
  await until("a request by hand", async () => {
    const requests = await sent("client", "textDocument/inlineCompletion");
    return requests.some((it) => it.message.params.context.triggerKind === 1);
  });
  await pause(1500);
  const shown = await ghost();
  await type(shown.slice(0, 2), 250);
  await keys("Backspace", 250);
  await ghost();
  await keys("Control+ArrowRight", 500);
  await ghost();
  await type("zq = 1");
  for (let times = 0; times < 4; times++) await keys("Control+KeyZ");

  // A function with a hole, which a code action fills; another one is undone and done again.
  await keys("Control+End");
  await type("\n    def peek(self):\nreturn ...", 60);
  await pause(500);
  await choose("Fill the hole here");
  await goTo(12, 12);
  await choose("Rewrite freely");
  await keys("Control+KeyZ", 300);
  await keys("Control+KeyY", 300);

  // What is not ASCII, a line that goes, and the file is written.
  await goTo(2, 26);
  for (const character of " é𝒳!") {
    await page.keyboard.insertText(character);
    await pause(120);
  }
  await goTo(3, 1);
  await keys("Control+Shift+KeyK", 300);
  await keys("Control+KeyS", 500);
  await command("View: Close Editor");
  await until("the end", async () => (await sent("client", "textDocument/didClose")).length);
}

await rm(trace, { force: true });
const { server, address } = await startVsCode();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
try {
  await session(page, address);
} catch (problem) {
  await page.screenshot({ path: `${base}/failed.png` });
  console.error(`${problem.stack}\nWhat was on the screen is in ${base}/failed.png.`);
  process.exitCode = 1;
}
await page.close({ runBeforeUnload: true });
await pause(3000);
await browser.close();
server.kill();
