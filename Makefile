# The commands of this project. Each sets up .venv by itself; none needs a GPU, root or a download
# of weights. More arguments for pytest: make test ARGS="-k holes"

.POSIX:
.DEFAULT_GOAL := help
.PHONY: help demo test check format pages setup wheel lock clean

BIN = .venv/bin
EXAMPLE = examples/stack.py:7:20
ARGS =

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: ## watch noise turn into code in examples/
	@sh tools/setup.sh run
	@$(BIN)/mezzotint watch $(EXAMPLE)
	@echo
	@echo "Now on a file of yours:  $(BIN)/mezzotint watch path/to/file.py:LINE"

test: ## run the tests
	@sh tools/setup.sh test
	@echo "==> running the tests"
	@$(BIN)/python -m pytest $(ARGS) </dev/null

check: ## everything that has to be right before a change goes in
	@sh tools/setup.sh dev
	@echo "==> format" && $(BIN)/ruff format --check
	@echo "==> lint" && $(BIN)/ruff check
	@echo "==> types" && $(BIN)/pyright
	@echo "==> imports" && $(BIN)/lint-imports --no-cache
	@echo "==> tests" && $(BIN)/python -m pytest $(ARGS) </dev/null

format: ## put the code into shape
	@sh tools/setup.sh dev
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

pages: ## write anew what is made from the code: pages on settings and memory, schemas
	@sh tools/setup.sh test
	@$(BIN)/python -m mezzotint_server.settings_pages .
	@$(BIN)/python -m mezzotint_infill.memory.pages .

setup: ## make .venv with all tools
	@sh tools/setup.sh dev

wheel: ## build the sdist, and the wheel from it, into dist/
	@sh tools/setup.sh test
	@$(BIN)/python -m build

# torch and what comes with it stay a range: which build fits depends on the machine.
lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "mezzotint: uv is missing: see https://docs.astral.sh/uv/" >&2; exit 2; }
	@{ echo "# The tested versions, for pip and uv alike: -c requirements.lock. Written by: make lock"; \
	   uv pip compile --quiet --universal --no-annotate --no-header --group dev pyproject.toml \
	   | grep -Ev '^(cuda-|nvidia-|setuptools=|torch=|triton=)'; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

clean: ## remove what was built; the next command sets up again
	@rm -rf .venv .venv.log dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
