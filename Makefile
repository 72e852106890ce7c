# Two commands matter: "make demo" and "make test". Both set up what they need in .venv.
PYTHON ?= python3
WORKERS ?= 2
# One more than CI has processors: tests also wait for servers, spreadsheet programs and limits of time.
PYTEST_WORKERS ?= 3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# Set, it has each of the thousand processes of the tests compile every module anew: half a second, with pandas two.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test run-lowest run-windows coverage check test-lowest test-windows test-windows-all fuzz lint tools lowest windows wheel bundle docs pictures bench bench-growth bench-intake bench-live bench-recalculation verdicts clean

help:
	@echo "make demo      建立虚拟环境并演示一整月的流程"
	@echo "make test      准备测试环境并运行全部检查和测试"
	@echo "make coverage  运行全部测试并列出没有测到的行"
	@echo "make check     静态检查和不需要外部程序的测试，两分钟以内"
	@echo "make lint      只运行静态检查"
	@echo "make test-lowest 在各依赖库的最低版本上运行全部命令和快速测试"
	@echo "make test-windows 在 wine 里的 Windows 版 Python 上演示一个月，运行选出的测试，三分钟"
	@echo "make test-windows-all 同上，另装离线包，逐个按按钮，运行全部不标为其他系统的测试"
	@echo "make fuzz      收取随机改坏的工作簿和邮件十分钟，看有没有出错（SECONDS=秒数 SEED=种子）"
	@echo "make wheel     生成可安装的 dist/zwgk_excel-版本-py3-none-any.whl"
	@echo "make bundle    生成离线安装包 dist/zwgk-excel-版本-windows-x64.zip、…-linux-x86_64.tar（BUNDLE=\"linux --machine aarch64\" 等）"
	@echo "make docs      重新生成图片（make pictures）、问题一览、命令一览和手册的 Word 文档"
	@echo "make pictures  重新生成 docs/pictures 中的图片"
	@echo "make bench     与同类程序并排测量各项用时（BENCH=--large 加测一万份）"
	@echo "make bench-growth 一次读入十万份的用时和内存曲线（需十分钟和 8 GB 磁盘）"
	@echo "make bench-live 测量就地刷新总台账的时间，结果写入 docs/benchmarks"
	@echo "make bench-recalculation 测量在一年的总台账里填一格免报后重新计算的时间"
	@echo "make verdicts  逐个收取恶意样本和公共样本，列出结论、用时和内存"
	@echo "make clean     删除虚拟环境和缓存"

# Workspaces that only serve a picture or a measurement are not remembered in the user's own folder.
docs pictures bench bench-growth bench-intake bench-live bench-recalculation verdicts fuzz: export ZWGK_CONFIG_DIR := $(CURDIR)/build/config

demo: $(VENV)/.installed
	$(BIN)/zwgk demo

# What comes before the tests takes one processor or waits for the network, so all of it is done at a time.
test: $(VENV)/.installed-test
	$(MAKE) -j4 lint tools lowest windows
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS)
	$(MAKE) -j2 --output-sync run-lowest run-windows

# What runs under wine waits most of its time.
run-lowest:
	$(BIN)/python -m tests.lowest run $(WORKERS)

run-windows:
	$(BIN)/python -m tests.windows --workers $(WORKERS) --if-possible

tools: $(VENV)/.installed-test
	tests/setup.sh tools

lowest: $(VENV)/.installed-test
	$(BIN)/python -m tests.lowest make

windows: $(VENV)/.installed-test
	$(BIN)/python -m tests.windows --set-up --if-possible

# Of its own, because the same tests take a third longer under it.
coverage: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term

# What needs no program beside Python and Git; tests/tools.py leaves the others out.
check: lint
	ZWGK_NO_TOOLS=1 ZWGK_REQUIRE_TOOLS=0 $(BIN)/python -m pytest -n $(WORKERS) -m "not slow" -q -r fE

test-lowest: lowest
	$(BIN)/python -m tests.lowest run $(WORKERS)

# For every change, and so in "make test": what only Windows has and what lies nearest to it (CHOSEN in
# tests/windows/__main__.py), within three minutes; the rest asks little of the system and takes half an hour: before a
# release, and after a change of paths, processes, files or encodings.
test-windows: $(VENV)/.installed-test
	$(BIN)/python -m tests.windows --workers $(WORKERS)

test-windows-all: $(VENV)/.installed-test
	$(BIN)/python -m tests.windows --workers $(WORKERS) --all

fuzz: $(VENV)/.installed-test
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),600) $(or $(SEED),1)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(VENV)/.installed
	rm -f dist/*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist/*.whl

# BUNDLE says what: windows, linux; --machine x86_64 aarch64; --python 3.11 3.12; --extra postgresql.
bundle: $(VENV)/.installed-test
	$(BIN)/python -m bundle $(BUNDLE)

# What is made from the running program: the pictures, the pages of problems and commands, the manuals with both.
docs: pictures
	$(BIN)/python docs/make_problems.py
	$(BIN)/python docs/make_commands.py
	$(BIN)/python docs/make_manuals.py

# The pictures show the workspace that the demo leaves behind. A name with -part is a part of its page, for the manuals.
SHOWN := build/pictures
RENDER := $(BIN)/python docs/render.py --dpi 120
REPORT := $(SHOWN)/收件箱/市教育局_2026-11_信息报送表.xlsx
# A day to come is refused, so the demo's month has its bulletin on the demo's day.
ON_THAT_DAY := $(BIN)/python docs/on_demo_day.py
OPINIONS := $(SHOWN)/退回修改/2026-11/市生态环境局_2026-11_修改意见.xlsx

pictures: $(VENV)/.installed-test
	tests/setup.sh tools
	rm -rf $(SHOWN)
	$(BIN)/zwgk demo $(SHOWN)
	$(RENDER) "$(REPORT)" docs/pictures --sheet 填报说明 --name report-cover --pages 1
	$(RENDER) "$(REPORT)" docs/pictures --sheet 任务清单 --name report-tasks --pages 1
	$(RENDER) "$(REPORT)" docs/pictures --sheet 信息明细 --name report-items --pages 1 --part 0,0,1,0.62
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 总览 --name overview --pages 1
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 跟踪台账 --name tracker --pages 1
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 单位矩阵 --name matrix --pages 1
	$(ON_THAT_DAY) bulletin 2026-11 -w $(SHOWN)
	$(RENDER) $(SHOWN)/通报/2026-11/*.docx docs/pictures --name bulletin --pages 1
	$(ON_THAT_DAY) bulletin 2026 --unit 市发改委 -w $(SHOWN)
	$(RENDER) $(SHOWN)/通报/2026/各单位/*.xlsx docs/pictures --name unit-year --pages 1
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 单位情况 --name unit --pages 1
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 考核评分 --name scores --pages 1
	$(RENDER) "$(SHOWN)/收件箱/市财政局_2026-11_信息报送表.xlsx" docs/pictures --sheet 任务清单 --name report-tasks-part --pages 1 --part 0,0,1,0.657
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 总览 --name overview-part --pages 1 --part 0,0,1,0.635
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 单位情况 --name unit-part --pages 1 --part 0,0,1,0.5
	$(RENDER) $(OPINIONS) docs/pictures --sheet 修改意见 --name opinions --pages 1 --part 0,0,1,1
	$(BIN)/python docs/live_tracker.py $(SHOWN) --before build/before.xlsx
	$(RENDER) build/before.xlsx docs/pictures --sheet 收件登记 --name receipts-before --pages 1 --part 0,0,0.82,0.229 --dpi 170
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 收件登记 --name receipts-after --pages 1 --part 0,0,0.82,0.25 --dpi 170
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 跟踪台账 --name tracker-part --pages 1 --part 0,0,0.83,1 --dpi 120
	$(RENDER) "$(SHOWN)/总台账.xlsx" docs/pictures --sheet 跟踪台账 --name tracker-refreshed --pages 1
	$(BIN)/python docs/on_screen.py $(SHOWN) docs/pictures --sheet 总览 --name libreoffice-buttons
	$(BIN)/python docs/on_screen.py $(SHOWN) docs/pictures --sheet 总览 --name libreoffice-consolidated --press 汇总

bench: $(VENV)/.installed-test
	$(PIP_INSTALL) --editable '.[bench]'
	npm --prefix benchmarks/peers install --no-audit --no-fund --no-package-lock --loglevel=error
	$(BIN)/python -m benchmarks.suite --to docs/benchmarks $(BENCH)

bench-growth: $(VENV)/.installed-test
	$(PIP_INSTALL) --editable '.[bench]'
	$(BIN)/python -m benchmarks.growth --to docs/benchmarks

bench-intake: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.intake

bench-live: $(VENV)/.installed-test
	tests/setup.sh tools
	$(BIN)/python -m benchmarks.live_refresh --docs docs/benchmarks

bench-recalculation: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.recalculation

# Hostile files of our own making, and the public ones that lie beside the project, if they do.
verdicts: $(VENV)/.installed-test
	rm -rf build/hostile
	$(BIN)/python -m tests.hostile.make build/hostile > /dev/null
	$(BIN)/python -m tests.verdicts build/hostile $(wildcard ../shared/corpus)

clean:
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* tests/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml constraints.txt
	tests/setup.sh venv "$(PYTHON)"
	$(PIP_INSTALL) --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt
	tests/setup.sh venv "$(PYTHON)"
	$(PIP_INSTALL) --editable '.[test]'
	touch $@ $(VENV)/.installed
