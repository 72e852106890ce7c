"""The mail services that are given as hints."""

import pytest

from zwgk_excel.layout.providers import provider_of, providers


@pytest.mark.parametrize(
    ("address", "hosts", "key"),
    [
        ("zwgk@163.com", (), "163"),
        ("zwgk@QQ.com", (), "qq"),
        ("zwgk@foxmail.com", (), "qq"),
        ("zwgk@city.gov.cn", (), "government"),
        ("zwgk@city.gov.cn", ("smtp.exmail.qq.com", ""), "exmail"),
        ("zwgk@city.gov.cn", ("", "IMAP.qiye.aliyun.com"), "aliyun"),
    ],
)
def test_known_by_server_then_by_address(address, hosts, key):
    found = provider_of(address, *hosts)
    assert found
    assert found.key == key


@pytest.mark.parametrize("address", ["", "zwgk", "zwgk@example.com", "zwgk@not163.com", "163.com@example.com"])
def test_not_known(address):
    assert provider_of(address, "", "mail.example.com") is None


def test_what_is_hinted_is_encrypted_and_has_a_reference():
    for each in providers():
        assert {each.smtp.security, each.imap.security} <= {"tls", "starttls"}
        assert (each.smtp.port, each.imap.port) == (465, 993)
        assert each.reference.startswith("https://")
        assert bool(each.smtp.host) == bool(each.imap.host) == (each.key != "government")
        assert each.password
        assert each.note
