"""The add-in in the lists of WPS: others' add-ins stay, what cannot be understood is refused, uninstall restores."""

from __future__ import annotations

import dataclasses
import json

import pytest
from lxml import etree

from tests.tools import posix_only
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.version import __version__
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.wps import registration
from zwgk_excel.workflow.wps.registration import install, status, uninstall
from zwgk_excel.workflow.wps.wps_paths import wps_paths

OTHERS = (
    b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<jsplugins>\r\n'
    b"  <!-- \xe5\x88\xab\xe5\xae\xb6 -->\r\n"
    b"  <jspluginonline name='oa' type=\"wps\" url='http://oa.example/' enable=\"enable_dev\" custom=\"1\"/>\r\n"
    b'  <jsplugin name="zwgk2" type="et" url="zwgk2_1.0" version="1.0"></jsplugin>\r\n</jsplugins>\r\n'
)


def everything(computer):
    return {path: path.read_bytes() for path in computer.home.rglob("*") if path.is_file()}


def lists(computer):
    where = wps_paths(computer)
    where.addins.mkdir(parents=True, exist_ok=True)
    return where


def test_where_the_lists_are(computer):
    told = {
        "win32": "AppData/Roaming/kingsoft/wps/jsaddons/publish.xml",
        "linux": ".local/share/Kingsoft/wps/jsaddons/publish.xml",
    }
    assert wps_paths(computer).publish == computer.home / told[computer.platform]


def test_installed_beside_others_and_taken_out_again(computer):
    where = lists(computer)
    where.publish.write_bytes(OTHERS)
    where.plugins.write_bytes(OTHERS)
    before = everything(computer)
    done = install(computer)
    assert (done.version, done.faults) == (__version__, ())
    for path in (where.publish, where.plugins):
        assert path.read_bytes().startswith(OTHERS.removesuffix(b"</jsplugins>\r\n"))
        names = [each.get("name") for each in etree.fromstring(path.read_bytes()).iter(tag=etree.Element)]
        assert names == [None, "oa", "zwgk2", "zwgk"]
    assert uninstall(computer).kept == ()
    assert everything(computer) == before


def test_what_is_put_into_the_folder(computer):
    folder = install(computer).folder
    assert folder == wps_paths(computer).addins / f"zwgk_{__version__}"
    ribbon = etree.fromstring((folder / "ribbon.xml").read_bytes())
    buttons = [each for each in ribbon.iter() if etree.QName(each).localname == "button"]
    assert [each.get("id").removeprefix("zwgk_") for each in buttons] == list(ribbon_tab().buttons)
    assert [each.get("label") for each in buttons] == [each.label for each in ribbon_tab().buttons.values()]
    assert {f"{each.get('id')}.svg" for each in buttons} == {path.name for path in (folder / "images").iterdir()}
    assert ribbon.tag == "{http://schemas.microsoft.com/office/2006/01/customui}customUI"
    assert json.dumps(str(computer.interpreter)) in (folder / "main.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, b"<jsplugins/>", b"<jsplugins></jsplugins>", b"<jsplugins>\n</jsplugins>"])
def test_a_list_without_others(computer, content):
    where = lists(computer)
    if content is not None:
        where.publish.write_bytes(content)
    before = everything(computer)
    install(computer)
    assert [each.get("name") for each in etree.fromstring(where.publish.read_bytes())] == ["zwgk"]
    once = everything(computer)
    install(computer)
    assert everything(computer) == once
    uninstall(computer)
    assert everything(computer) == before


def test_what_others_wrote_since_stays(computer):
    where = lists(computer)
    where.publish.write_bytes(OTHERS)
    install(computer)
    later = b'  <jsplugin name="later" type="et" url="later_1"/>\r\n</jsplugins>'
    where.publish.write_bytes(where.publish.read_bytes().replace(b"</jsplugins>", later))
    done = uninstall(computer)
    assert where.publish.read_bytes() == OTHERS.replace(b"</jsplugins>", later)
    assert where.publish in done.restored


def test_another_version_is_replaced_and_told_before(computer, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(registration, "__version__", "0.0.1")
        old = install(computer).folder
    assert any("0.0.1" in fault for fault in status(computer).faults)
    assert install(computer).faults == ()
    assert not old.exists()


MERGED = {
    "GBK": '<?xml version="1.0" encoding="GBK"?>\r\n<jsplugins>\r\n  <!-- 政务云 -->\r\n'
    '  <jspluginonline name="办公" type="wps" url="http://oa.example/"/>\r\n</jsplugins>'.encode("gbk"),
    "a byte order mark, an empty root": b"\xef\xbb\xbf<jsplugins/>",
    "signs by name": b'<jsplugins><jspluginonline name="a&amp;&#62;" url="http://oa.example/?a&amp;b=&quot;"/></jsplugins>',
    "our name in a comment": b"<jsplugins><!-- <jsplugin name='zwgk'/> --></jsplugins>\n<!-- end -->\n",
}


@pytest.mark.parametrize("content", MERGED.values(), ids=MERGED)
def test_an_odd_list_is_merged_and_restored(computer, content):
    where = lists(computer)
    where.publish.write_bytes(content)
    assert install(computer).version == __version__
    merged = where.publish.read_bytes()
    assert len(merged.splitlines()) > len(content.splitlines())
    encoding = "gbk" if b"GBK" in content else "utf-8-sig"
    entries = etree.fromstring(merged.decode(encoding).partition("?>")[2].strip() or merged)
    assert entries.xpath("//jsplugin/@name") == ["zwgk"]
    where.publish.write_bytes(merged + b"<!-- later -->")
    uninstall(computer)
    rest = content.replace(b"<jsplugins/>", b"<jsplugins></jsplugins>") + b"<!-- later -->"
    assert b"".join(where.publish.read_bytes().split()) == b"".join(rest.split())


def test_a_list_that_is_read_only_is_left(computer):
    publish = lists(computer).publish
    publish.write_bytes(OTHERS)
    for deed in (install, uninstall):
        publish.chmod(0o444)
        before = everything(computer)
        with pytest.raises(UserError, match=r"publish\.xml”是只读的"):
            deed(computer)
        assert everything(computer) == before
        publish.chmod(0o644)
        install(computer)


@posix_only("makes links")
def test_a_list_that_is_a_link_stays_one(computer, tmp_path):
    where = lists(computer)
    kept = tmp_path / "别处.xml"
    kept.write_bytes(OTHERS)
    where.publish.symlink_to(kept)
    install(computer)
    assert b'"zwgk"' in kept.read_bytes()
    uninstall(computer)
    assert (where.publish.readlink(), kept.read_bytes()) == (kept, OTHERS)


HOSTILE = {
    "damaged": b"<jsplugins><jsplugin name='oa'",
    "another root": b"<plugins/>",
    "a web page": b"<html><body>404</body></html>",
    "entities": b'<!DOCTYPE jsplugins [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><jsplugins><x y="&b;"/></jsplugins>',
    "UTF-16": '<?xml version="1.0" encoding="UTF-16"?><jsplugins/>'.encode("utf-16"),
    "large": b"<jsplugins>" + b" " * (1 << 20) + b"</jsplugins>",
    "empty": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_list_that_is_none_is_refused_and_left(computer, content):
    where = lists(computer)
    where.publish.write_bytes(content)
    before = everything(computer)
    with pytest.raises(UserError, match=r"publish\.xml"):
        install(computer)
    assert everything(computer) == before


def test_a_list_that_was_damaged_since_is_not_written_over(computer):
    where = lists(computer)
    install(computer)
    where.publish.write_bytes(b"<jsplugins>")
    before = everything(computer)
    with pytest.raises(UserError, match=r"publish\.xml"):
        uninstall(computer)
    assert everything(computer) == before


@pytest.mark.parametrize(
    ("entry", "gate", "words"),
    [
        ({"name": "zwgk", "enable": True, "isload": True}, "allowed", ""),
        ({"name": "zwgk", "enable": False, "isload": True}, "refused", "启用"),
        ({"name": "zwgk", "enable": True, "isload": False}, "pending", "允许"),
        ({"name": "another", "enable": False}, "unknown", ""),
    ],
)
def test_the_gate_of_wps_is_told_and_never_written(computer, entry, gate, words):
    install(computer)
    gates = wps_paths(computer).gate
    gates.write_text(json.dumps({"et": {"1f": entry, "namelist": "1f"}, "wps": {"2": {"name": "zwgk"}}}))
    before = gates.read_bytes()
    found = status(computer)
    assert found.gate == gate
    assert (words in "".join(found.faults)) if words else not found.faults
    assert gates.read_bytes() == before


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"et": []}', b'{"et": {"x": 1}}', b"[" * 5000, b"\xff"])
def test_a_gate_that_says_nothing(computer, content):
    install(computer)
    wps_paths(computer).gate.write_bytes(content)
    assert status(computer).gate == "unknown"


@pytest.mark.parametrize(
    ("platform", "office"),
    [
        ("linux", "opt/kingsoft/wps-office/office6"),
        ("linux", "opt/apps/cn.wps.wps-office-pro/files/kingsoft/wps-office/office6"),
        ("linux", "opt/apps/cn.wps.wps-office/files/kingsoft/wps-office/office6"),
        ("win32", "Program Files (x86)/Kingsoft/WPS Office/12.1.0.1/office6"),
    ],
)
def test_a_list_that_the_organisation_prescribes_is_told(computer, platform, office, tmp_path, monkeypatch):
    computer = dataclasses.replace(computer, platform=platform)
    oem = tmp_path / "root" / office / "cfgs" / "oem.ini"
    oem.parent.mkdir(parents=True)
    oem.write_bytes(b"[Support]\r\nJsApiPlugin=true\r\n[Server]\r\nJSPluginsServer=http://oa.example/jsplugins.xml\r\n")
    monkeypatch.setattr(registration, "wps_paths", lambda environment: wps_paths(environment, tmp_path / "root"))
    assert any("http://oa.example/jsplugins.xml" in fault for fault in install(computer).faults)


def test_a_file_changed_since_is_kept(computer):
    folder = install(computer).folder
    (folder / "main.js").write_text("// 自己改的", encoding="utf-8")
    assert any("装的" in fault for fault in status(computer).faults)
    assert uninstall(computer).kept == (folder / "main.js",)
    with pytest.raises(UserError, match="没有安装记录"):
        uninstall(computer)


def test_macos_is_refused(computer):
    with pytest.raises(UserError, match="darwin"):
        install(dataclasses.replace(computer, platform="darwin"))

