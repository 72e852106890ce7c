"""Links to cloud documents and net disks are known by their service, and no page of a website is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.cloud_links import announced_link, cloud_link, is_cloud_link


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("https://docs.qq.com/sheet/DQWxabc?tab=BB08J2", "腾讯文档"),
        ("https://doc.weixin.qq.com/sheet/e3_AbC", "企业微信文档"),
        ("https://drive.weixin.qq.com/s?k=AbC", "企业微信微盘"),
        ("https://www.kdocs.cn/l/cabcdef12345", "金山文档（WPS 云文档）"),
        ("https://365.kdocs.cn/view/l/abc", "金山文档（WPS 云文档）"),
        ("https://f.wps.cn/g/AbC/", "金山文档（WPS 云文档）"),
        ("https://abc.feishu.cn/sheets/shtcnabc", "飞书"),
        ("https://tenant.larksuite.com/docx/AbC", "飞书"),
        ("https://alidocs.dingtalk.com/i/nodes/abc", "钉钉文档"),
        ("https://shimo.im/sheets/abc", "石墨文档"),
        ("https://www.yuque.com/a/b/c", "语雀"),
        ("http://pan.baidu.com/s/1a?pwd=1234", "百度网盘"),
        ("pan.baidu.com/s/1a", "百度网盘"),
        ("https://pan.quark.cn/s/abc", "夸克网盘"),
        ("https://www.alipan.com/s/abc", "阿里云盘"),
        ("https://www.aliyundrive.com/s/abc", "阿里云盘"),
        ("https://share.weiyun.com/abc", "微云"),
        ("https://wx.mail.qq.com/ftn/download?func=3&key=a", "QQ邮箱超大附件"),
        ("https://mail.163.com/large-attachment-download/index.html?p=a", "网易邮箱大附件"),
        ("https://cloud.189.cn/t/abc", "天翼云盘"),
        ("https://yun.139.com/shareweb/#/w/i/abc", "移动云盘"),
        ("https://1drv.ms/x/s!AbC", "OneDrive"),
        ("https://tenant-my.sharepoint.cn/:x:/g/personal/a/EAbC", "SharePoint（OneDrive 商业版）"),
        ("HTTPS://Tenant.SharePoint.com/sites/a/b.xlsx", "SharePoint（OneDrive 商业版）"),
        ("https://docs.google.com/spreadsheets/d/abc/edit#gid=0", "Google 文档"),
        ("https://www.dropbox.com/scl/fi/abc/a.xlsx?dl=0", "Dropbox"),
        ("https://www.icloud.com.cn/numbers/abc", "iCloud"),
    ],
)
def test_every_usual_service_is_known(address: str, service: str):
    assert is_cloud_link(address)
    for text in (address, f"报送表在这里：{address}，请查收", f'<a href="{address}">表</a>', f"（{address}）"):
        found = cloud_link(text)
        assert found is not None
        assert (found.service, found.address) == (service, address)
    assert str(cloud_link(address)) == f"{service}：{address}"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.daye.gov.cn/zwgk/202611/t20261105_1.html",
        "https://www.feishu.cn/product/docs",
        "https://www.wps.cn/",
        "https://mail.qq.com/",
        "https://evil-docs.qq.com.example.cn/sheet/a",
        "https://notdocs-qq.com/sheet/",
        "https://www.qq.com/docs.qq.com/",
        "https://mydocs.qq.community/sheet/",
        "mailto:a@docs.qq.com/",
        "docs.qq.com",
        "https://",
        "",
    ],
)
def test_a_page_of_a_website_is_none(address: str):
    assert cloud_link(address) is None
    assert not is_cloud_link(address)


def test_a_mailbox_may_only_announce_one():
    assert str(announced_link("从QQ邮箱发来的超大附件")) == "邮箱超大附件"
    assert str(announced_link("超大附件 https://wx.mail.qq.com/ftn/download?k=1")).endswith("/ftn/download?k=1")
    assert announced_link("见附件") is None


@given(st.text(max_size=200))
def test_any_text_is_looked_through(text: str):
    found = cloud_link(f"{text} https://docs.qq.com/sheet/a")
    assert found is not None
    assert found.address.isprintable()


def test_a_long_text_takes_no_time():
    assert cloud_link("a." * 500_000) is None
    assert cloud_link("https://" * 100_000) is None
