#!/usr/bin/env bash
# Sets up what the tests need, and is quick when all is there.
#
#   tests/setup.sh venv [PYTHON]   .venv with a Python of 3.11 or newer (also used by "make demo")
#   tests/setup.sh tools           LibreOffice (Calc, Writer, with windows), its Python bridge, a screen in memory and a
#                                  pointer (Xvfb, xdotool), Chinese fonts, pdftoppm, libfaketime, Dovecot, PostgreSQL,
#                                  systemd-analyze, Node.js, Chromium (by apt, where that is allowed), the bridge linked
#                                  into .venv, the Open XML validator, the object models of Excel and WPS, TypeScript
#   tests/setup.sh packages NAME…  packages of the system, for other set-ups of tests
#
# A tool that cannot be had is named; its tests are then skipped, or fail where ZWGK_REQUIRE_TOOLS=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.venv

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- system packages ---------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_apt() {
    have apt-get && { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }
}

# apt_install PACKAGE...: installs, or says what to install by hand. Never fails: the caller looks again. One at a time:
# the tests' tools and those of Windows are set up side by side, and apt refuses a second that comes meanwhile.
apt_install() {
    if ! may_apt; then
        say "缺少系统软件包，且此处无权安装：$*（可请管理员执行：apt-get install $*）"
        return
    fi
    say "安装系统软件包：$*"
    local alone
    exec {alone}<tests/setup.sh
    ! have flock || flock "$alone"
    as_root apt-get update -qq </dev/null >&2 || true
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" </dev/null >&2 || say "系统软件包未能装全：$*"
    exec {alone}<&-
}

# Parts of LibreOffice lie beside the program, each in a library of its own: Calc sc, Writer sw, its windows vclplug_gtk3.
have_part() {
    local program
    program=$(command -v soffice) && [ -f "$(dirname "$(readlink -f "$program")")/lib$1lo.so" ]
}

system_packages() {
    local missing=()
    # With windows, not the -nogui ones: the buttons in LibreOffice are clicked on a screen in memory.
    have_part vclplug_gtk3 && have_part sc || missing+=(libreoffice-calc libreoffice-gtk3)
    have_part sw || missing+=(libreoffice-writer)
    have soffice && [ -n "$(dist_packages)" ] || missing+=(python3-uno)
    have Xvfb || missing+=(xvfb)
    have xdotool || missing+=(xdotool)
    have pdftoppm || missing+=(poppler-utils)
    have fc-list && [ -n "$(fc-list :lang=zh-cn family)" ] || missing+=(fontconfig fonts-noto-cjk)
    compgen -G '/usr/lib*/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
    [ -x /usr/sbin/dovecot ] || missing+=(dovecot-imapd dovecot-lmtpd)
    have systemd-analyze || missing+=(systemd)
    have node || missing+=(nodejs)
    have npm || missing+=(npm)
    have chromium || missing+=(chromium)
    have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
}

# --- Python ------------------------------------------------------------------------------------

make_venv() {
    local python=${1:-python3}
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        say "需要 Python 3.11 或更高版本，未找到可用的 ${python}；可用 make PYTHON=/路径/python3.11 指定。"
        return 2
    }
    "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    rm -rf "$venv"
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        say "未能建立虚拟环境 ${venv}；Debian 系统请先执行：apt-get install python3-venv"
        return 2
    }
}

# The folder where the system keeps uno.py, or nothing.
dist_packages() {
    local folder
    for folder in /usr/lib/python3/dist-packages /usr/lib*/python3.*/site-packages \
        /usr/lib*/libreoffice/program /opt/libreoffice*/program; do
        [ -f "$folder/uno.py" ] && [ -f "$folder/unohelper.py" ] && { printf '%s' "$folder"; return; }
    done
    return 0
}

# Puts LibreOffice's bridge, and nothing else of the system's packages, into .venv.
link_uno() {
    local site from program
    "$venv/bin/python" -c 'import uno' 2>/dev/null && return
    site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    from=$(dist_packages)
    if [ -n "$from" ] && have soffice; then
        ln -sf "$from/uno.py" "$from/unohelper.py" "$site/"
        program=$(dirname "$(readlink -f "$(command -v soffice)")")
        # Debian's uno.py finds its library itself; elsewhere a path entry (searched last) shows the way.
        "$venv/bin/python" -c 'import uno' 2>/dev/null || printf '%s\n' "$program" >"$site/zwgk-pyuno.pth"
    fi
    "$venv/bin/python" -c 'import uno' 2>/dev/null ||
        say "LibreOffice 的 Python 接口不可用（其 Python 版本须与 .venv 一致）：重算类测试将跳过。"
}

# --- npm ---------------------------------------------------------------------------------------

# Those that tests/package.json names, each in its version.
npm_packages() {
    local name wanted missing=()
    while read -r name wanted; do
        grep -q "\"version\": *\"$wanted\"" "tests/node_modules/$name/package.json" 2>/dev/null || missing+=("$name")
    done < <(sed -n 's|^ *"\([^"]*\)": *"\([0-9][^"]*\)".*|\1 \2|p' tests/package.json)
    [ ${#missing[@]} = 0 ] && return
    if ! have npm; then
        say "没有 npm：用到 ${missing[*]} 的测试将跳过。"
        return
    fi
    say "安装 ${missing[*]}"
    npm --prefix tests install --no-audit --no-fund --no-package-lock --loglevel=error </dev/null >&2 ||
        say "${missing[*]} 未能装全：用到它们的测试将跳过。"
}

case "${1:-}" in
venv) make_venv "${2:-}" ;;
tools)
    system_packages
    link_uno
    npm_packages
    ;;
packages)
    shift
    apt_install "$@"
    ;;
*)
    say "用法：tests/setup.sh venv [PYTHON] | tools | packages NAME…"
    exit 2
    ;;
esac
