-- Plays a session in Neovim 0.12 and records it:
--   PYTHON=python TRACE=neovim.jsonl nvim --headless --clean -u neovim.lua
-- The server is the one that $PYTHON has. The file is a copy of examples/stack.py.

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local folder = vim.fs.joinpath(vim.uv.fs_realpath(vim.uv.fs_mkdtemp('/tmp/trace-XXXXXX')), 'project')
local completion = vim.lsp.inline_completion

vim.fn.mkdir(folder, 'p')
vim.fn.mkdir(vim.fs.joinpath(folder, '.git'))
local file = vim.fs.joinpath(folder, 'stack.py')
vim.uv.fs_copyfile(vim.fs.joinpath(here, '../../../examples/stack.py'), file)

vim.o.swapfile = false
vim.o.updatetime = 200
vim.lsp.config('mezzotint', {
  cmd = { vim.env.PYTHON, vim.fs.joinpath(here, 'record.py'), vim.env.TRACE, folder },
  filetypes = { 'python' },
  root_markers = { '.git' },
  -- What holds on a slow machine as well.
  init_options = { deadlineMs = 60000, rewriteDeadlineMs = 60000 },
})
vim.lsp.enable('mezzotint')
completion.enable()

local play
local function go_on()
  local is_well, problem = coroutine.resume(play)
  if not is_well then
    io.stderr:write(problem, '\n')
    vim.cmd.cquit()
  end
end

local function wait(ms)
  vim.defer_fn(go_on, ms)
  coroutine.yield()
end

local function wait_for(what, is_there)
  for _ = 1, 300 do
    local found = is_there()
    if found then return found end
    wait(100)
  end
  error(what .. ' never came')
end

--- Keys at a pace; Neovim asks for ghost text after 200 ms without one.
local function keys(text, pace)
  vim.api.nvim_input(text)
  wait(pace or 80)
end

local function type_on(text, pace)
  for _, key in ipairs(vim.fn.split(text, '\\zs')) do keys(key, pace) end
end

local function ghost()
  local namespace = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
  return wait_for('ghost text', function()
    local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
    local pieces = marks[1] and marks[1][4].virt_text
    return pieces and table.concat(vim.tbl_map(function(it) return it[1] end, pieces))
  end)
end

--- In insert mode behind a text.
local function behind(text)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search('\\V' .. text, 'ceW') > 0, text)
  keys('a')
end

local function choose(title)
  local before = vim.b.changedtick
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action) return action.title == title end,
  })
  wait_for('an edit', function() return vim.b.changedtick ~= before end)
  wait(300)
end

local function session()
  wait(100) -- In an autocommand no other one is heard.
  vim.cmd.edit(file)
  -- Registered when the model is there.
  wait_for('the engine', function()
    return next(vim.lsp.get_clients({ method = 'textDocument/codeAction', bufnr = 0 }))
  end)

  -- A suggestion that is accepted.
  behind('push(self, ')
  ghost()
  assert(completion.get())
  wait(500)
  keys('<Esc>')

  -- One that is typed through, deleted back into, and turned down by typing something else.
  behind('self.items = []')
  keys('<CR>')
  type_on('self.', 250)
  local shown = ghost()
  type_on(shown:sub(1, 2), 250)
  keys('<BS>', 250)
  ghost()
  type_on('zq = 1', 250)
  keys('<C-u>')
  keys('<Esc>')
  keys('u', 300)

  -- A function with a hole, which a code action fills; another one is undone and done again.
  keys('Go')
  keys('<C-u>')
  type_on('    def peek(self):')
  keys('<CR>')
  type_on('return ...')
  keys('<Esc>')
  choose('Fill the hole here')
  vim.fn.cursor(1, 1)
  vim.fn.search('\\Vreturn self.items.pop', 'cW')
  choose('Rewrite freely')
  keys('u', 300)
  keys('<C-r>', 300)

  -- Turned off for a while: there is nothing to suggest.
  local client = vim.lsp.get_clients({ name = 'mezzotint' })[1]
  client:exec_cmd({ title = '', command = 'mezzotint.disable' })
  behind('def pop(self):')
  wait(500)
  keys('<Esc>')
  client:exec_cmd({ title = '', command = 'mezzotint.enable' })
  wait(500)

  -- What is not ASCII, a line that goes, and the file is written.
  behind('Last in, first out')
  type_on(' é𝒳!', 250)
  keys('<Esc>')
  keys('jdd', 300)
  vim.cmd.write()
  vim.cmd.bdelete()
  wait(300)
  vim.cmd.quitall()
end

vim.api.nvim_create_autocmd('VimEnter', {
  callback = function()
    play = coroutine.create(session)
    go_on()
  end,
})
