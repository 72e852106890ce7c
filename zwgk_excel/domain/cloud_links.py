"""Links to files that lie with a service on the net: what is sent in place of a file, and no public page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SERVICES: dict[str, str] = {
    "QQ邮箱超大附件": "mail.qq.com/cgi-bin/ftn wx.mail.qq.com/ftn exmail.qq.com/cgi-bin/ftn",
    "网易邮箱大附件": "mail.163.com/large-attachment mail.126.com/large-attachment mail.yeah.net/large-attachment "
    "u.163.com/ fs.163.com/fs/ qiye.163.com/large-attachment",
    "企业微信微盘": "drive.weixin.qq.com/",
    "企业微信文档": "doc.weixin.qq.com/",
    "腾讯文档": "docs.qq.com/",
    "微云": "share.weiyun.com/ www.weiyun.com/ weiyun.com/disk",
    "金山文档（WPS 云文档）": "kdocs.cn/ f.wps.cn/ drive.wps.cn/ yun.wps.cn/ 365.wps.cn/ p.wps.cn/ plus.wps.cn/",
    "飞书": "feishu.cn/docs/ feishu.cn/docx/ feishu.cn/sheets/ feishu.cn/base/ feishu.cn/wiki/ feishu.cn/file/ "
    "feishu.cn/drive/ feishu.cn/space/ feishu.cn/share/ feishu.cn/mindnotes/ feishu.cn/slides/ larksuite.com/ "
    "larkoffice.com/",
    "钉钉文档": "alidocs.dingtalk.com/ docs.dingtalk.com/ space.dingtalk.com/ yunpan.dingtalk.com/ qr.dingtalk.com/",
    "石墨文档": "shimo.im/",
    "语雀": "yuque.com/",
    "百度网盘": "pan.baidu.com/ yun.baidu.com/ eyun.baidu.com/",
    "夸克网盘": "pan.quark.cn/ drive.quark.cn/",
    "阿里云盘": "alipan.com/ aliyundrive.com/",
    "115 网盘": "115.com/s/ 115cdn.com/s/ anxia.com/s/",
    "123 云盘": "123pan.com/ 123pan.cn/ 123684.com/ 123865.com/ 123912.com/",
    "天翼云盘": "cloud.189.cn/ h5.cloud.189.cn/",
    "移动云盘": "yun.139.com/ caiyun.139.com/",
    "联通云盘": "pan.wo.cn/",
    "迅雷云盘": "pan.xunlei.com/",
    "蓝奏云": "lanzou.com/ lanzoui.com/ lanzoux.com/ lanzous.com/ lanzouw.com/ lanzouy.com/ lanzoue.com/ lanzoul.com/",
    "坚果云": "jianguoyun.com/p/ jianguoyun.com/c/ jianguoyun.com/d/ kdisk.jianguoyun.com/",
    "华为云空间": "cloud.huawei.com/",
    "联想企业网盘": "box.lenovo.com/ pan.lenovo.com/",
    "亿方云": "fangcloud.com/",
    "奶牛快传": "cowtransfer.com/",
    "文叔叔": "wenshushu.cn/ wss.ink/ wss1.cn/",
    "有道云笔记": "note.youdao.com/ share.note.youdao.com/",
    "印象笔记": "app.yinxiang.com/",
    "OneDrive": "1drv.ms/ onedrive.live.com/",
    "SharePoint（OneDrive 商业版）": "sharepoint.com/ sharepoint.cn/",
    "Google 文档": "docs.google.com/ drive.google.com/",
    "Dropbox": "dropbox.com/s/ dropbox.com/sh/ dropbox.com/scl/ dropboxusercontent.com/",
    "iCloud": "icloud.com/iclouddrive icloud.com/numbers icloud.com/pages icloud.com.cn/iclouddrive "
    "icloud.com.cn/numbers icloud.com.cn/pages",
    "Notion": "notion.so/ notion.site/",
    "WeTransfer": "we.tl/ wetransfer.com/",
    "MEGA": "mega.nz/ mega.io/",
}
"""Service → beginnings of its addresses, host and path; a host stands for those below it too."""


def _by_host() -> dict[str, list[tuple[str, str]]]:
    """Host → (beginning of a path, service)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service, addresses in _SERVICES.items():
        for address in addresses.split():
            host, _, path = address.partition("/")
            found.setdefault(host, []).append((path, service))
    return found


_BY_HOST = _by_host()
_ADDRESS = re.compile(
    r"(?<![\w@.-])(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,10})(?::\d{1,5})?/([!-~]{0,2000})", re.IGNORECASE
)
_ENDS = re.compile(r"[\"'<>\\^`{|}]")
_WORDS = re.compile(r"超大附件|云附件|文件中转站|大附件下载")
"""How mailboxes announce such a link, whatever its address."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class CloudLink:
    """A link to a file with a service on the net."""

    service: str
    """In the words of its users."""
    address: str = ""
    """The link itself; empty where only words announce one."""

    def __str__(self) -> str:
        return f"{self.service}：{self.address}" if self.address else self.service


def cloud_link(text: str) -> CloudLink | None:
    """The first link to a cloud document or a net disk in a text; None for none."""
    return next(_links(text), None)


def announced_link(text: str) -> CloudLink | None:
    """The same, also where only words such as 超大附件 tell of one."""
    return cloud_link(text) or (CloudLink("邮箱超大附件") if _WORDS.search(text) else None)


def is_cloud_link(address: str) -> bool:
    """Whether an address is one of a cloud document or a net disk, and no page that anybody can read."""
    found = _ADDRESS.match(address)
    return found is not None and bool(_service_at(found[1], found[2]))


def _links(text: str) -> Iterator[CloudLink]:
    for found in _ADDRESS.finditer(text):
        if service := _service_at(found[1], found[2]):
            yield CloudLink(service, _ENDS.split(found[0])[0][:_SHOWN])


def _service_at(host: str, path: str) -> str:
    parts = host.casefold().split(".")
    hosts = (".".join(parts[at:]) for at in range(len(parts) - 1))
    known = ((each, service) for name in hosts for each, service in _BY_HOST.get(name, ()))
    return next((service for each, service in known if path.casefold().startswith(each)), "")
