# A thin face over `python3 -m deployments.bootstrap`, which does the same where there is no make.
# PYTHON=python3.12 chooses an interpreter; ARGS="--days 2" goes to the command.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) -m deployments.bootstrap

.DEFAULT_GOAL := help
.PHONY: help install demo up doctor test check e2e faults lock clean

help:
	@echo "make demo     两个乡镇、七个营业日,全流程演示 (a week of two townships)"
	@echo "make up       启动服务、执行端、单据服务 (server, worker, documents; Ctrl-C ends all)"
	@echo "make doctor   检查本机状态 (what is in order and what is not)"
	@echo "make install  只安装 (install only)"
	@echo "make test | check | e2e | faults | lock | clean   开发用 (for development)"

install demo up doctor test check e2e faults lock:
	@$(BOOTSTRAP) $@ $(ARGS)

# Never the data folder: that is the township's own record.
clean:
	rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache out
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
