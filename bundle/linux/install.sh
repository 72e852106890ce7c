#!/bin/sh
# Installs zwgk for the current user without network, over an earlier version too, or takes it away.
#
#   sh install.sh [FOLDER]               ZWGK_PYTHON=… names the Python, else it is looked for
#   sh install.sh --uninstall [FOLDER]   workspaces and settings stay
set -eu

here=$(cd "$(dirname "$0")" && pwd)
pythons="{pythons}"
machine="{machine}"

say() { printf '%s\n' "$*" >&2; }
stop() {
    say "$*"
    exit 1
}

uninstall=
if [ "${1:-}" = --uninstall ]; then
    uninstall=yes
    shift
fi
place=${1:-${XDG_DATA_HOME:-$HOME/.local/share}/zwgk-excel}
case $place in /*) ;; *) place=$PWD/$place ;; esac
command=$HOME/.local/bin/zwgk
venv=$place/venv

if [ -n "$uninstall" ]; then
    [ -x "$venv/bin/zwgk" ] || stop "“${place}”里没有安装 zwgk。"
    [ "$(readlink "$command")" != "$venv/bin/zwgk" ] || rm "$command"
    rm -rf "$venv"
    rmdir "$place" 2>/dev/null || true
    say "已卸载。工作区和各项设置都没有动。"
    exit 0
fi

# A Python of a version that there are wheels for; its version is printed.
fits() {
    "$1" -I -c 'import sys, venv; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

find_python() {
    for each in ${ZWGK_PYTHON:+"$ZWGK_PYTHON"} $(printf 'python%s ' $pythons) python3; do
        version=$(fits "$each") || continue
        case " $pythons " in *" $version "*) printf '%s\n' "$each" && return ;; esac
    done
    return 1
}

[ "$(uname -m)" = "$machine" ] || stop "这台电脑是 $(uname -m)，这个安装包是给 $machine 的。"
say "核对文件……"
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS.txt >&2) ||
    stop "安装包损坏或没有解压完整；请重新拷贝、重新解压。"
python=$(find_python) || stop "没有找到合适的 Python；需要 $pythons 之一，可用 ZWGK_PYTHON=/路径/python3.11 sh install.sh 指定。"

# An earlier version is put back whatever goes wrong: environments of Python cannot be moved, so the new one is made in
# its place.
old=$place/venv.old
put_back() {
    rm -rf "$venv"
    if [ -d "$old" ]; then mv "$old" "$venv"; fi
    say "没有装成；原来的版本（如有）没有改动。"
}
mkdir -p "$place"
if [ -d "$old" ]; then # the last attempt was cut off
    rm -rf "$venv"
    mv "$old" "$venv"
fi
trap put_back EXIT
trap 'exit 1' INT TERM HUP
if [ -d "$venv" ]; then mv "$venv" "$old"; fi

say "安装……"
"$python" -I -m venv --without-pip "$venv"
set -- "$here"/wheels/pip-*.whl
"$venv/bin/python" -I "$1/pip" --isolated install --quiet --no-index --no-compile \
    --disable-pip-version-check --find-links "$here/wheels" "zwgk-excel{extras}" >&2
told=$("$venv/bin/zwgk" --version)

trap - EXIT INT TERM HUP
rm -rf "$old"
mkdir -p "$(dirname "$command")"
ln -sfn "$venv/bin/zwgk" "$command"
say "安装完成：${told}，在 ${place}"
case ":$PATH:" in *":$(dirname "$command"):"*) ;; *) say "请重新登录，或用全名运行：$command" ;; esac
